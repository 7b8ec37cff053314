---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.budget_changes
label:
  ar: "التغييرات المعتمدة في الميزانية للفترة {biennium}، {section}، {source}، {stage}"
  zh: "{biennium}预算核准变动，{section}，{source}，{stage}"
  en: "Approved changes to the budget for {biennium}, {section}, {source}, {stage}"
  fr: "Modifications approuvées du budget pour {biennium}, {section}, {source}, {stage}"
  ru: "Утвержденные изменения бюджета на {biennium}: {section}, {source}, {stage}"
  es: "Modificaciones aprobadas del presupuesto para {biennium}, {section}, {source}, {stage}"
serves: ["80"]
unit: {column: amount_currency}
parameters:
  biennium: {type: text}
  section: {type: code, codelist: budget_section}
  source: {type: code, codelist: fund_source}
  stage: {type: code, codelist: budget_stage}
aggregate: sum
column: amount_amount
keywords:
  ar: ["التغييرات في الميزانية", "تغييرات في الميزانية"]
  zh: ["预算变动"]
  en: ["budget changes", "changes to the budget"]
  fr: ["modifications du budget", "modifications budgétaires"]
  ru: ["изменения бюджета", "изменений бюджета"]
  es: ["modificaciones del presupuesto", "modificaciones presupuestarias"]
---
-- Every recorded increase and reduction that led to the budget.
SELECT
    make_array(c.record_id, b.record_id) AS record_id,
    c.number, c.decided_on, c.compared_with, c.amount_amount, c.amount_currency
FROM budget_change c
JOIN budget b ON c.budget = concat_ws('/', b.biennium, b.section, b.fund_source, b.stage)
WHERE b.biennium = $biennium AND b.section = $section AND b.fund_source = $source AND b.stage = $stage
ORDER BY c.number
