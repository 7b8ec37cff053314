---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.expenditure
label:
  ar: "النفقات من {from} إلى {to}[، {biennium}][، {section}][، {source}][، {project}][، {kind}][، {currency}]"
  zh: "{from}至{to}支出[，{biennium}][，{section}][，{source}][，{project}][，{kind}][，{currency}]"
  en: "Expenditure from {from} to {to}[, {biennium}][, {section}][, {source}][, {project}][, {kind}][, {currency}]"
  fr: "Dépenses du {from} au {to}[, {biennium}][, {section}][, {source}][, {project}][, {kind}][, {currency}]"
  ru: "Расходы с {from} по {to}[, {biennium}][, {section}][, {source}][, {project}][, {kind}][, {currency}]"
  es: "Gastos del {from} al {to}[, {biennium}][, {section}][, {source}][, {project}][, {kind}][, {currency}]"
serves: ["80"]
unit: {column: amount_currency}
parameters:
  from: {type: date}
  to: {type: date}
  biennium: {type: text, optional: true}
  section: {type: code, codelist: budget_section, optional: true}
  source: {type: code, codelist: fund_source, optional: true}
  project: {type: link, register: project, optional: true}
  kind: {type: code, codelist: expenditure_kind, optional: true}
  currency: {type: text, optional: true}
aggregate: sum
column: amount_amount
keywords:
  ar: ["نفقات", "النفقات", "أُنفق"]
  zh: ["支出", "开支"]
  en: ["expenditure", "expenditures", "spent"]
  fr: ["dépenses", "dépensés"]
  ru: ["расходы", "расходов", "израсходовано"]
  es: ["gastos", "gastados"]
---
-- Expenditure whose period lies wholly within the one asked for.
SELECT
    make_array(e.record_id, b.record_id) AS record_id,
    e.project, e.kind, e.period_from, e.period_to, b.biennium, b.section, b.fund_source,
    e.amount_amount, e.amount_currency
FROM expenditure e
JOIN budget b ON e.budget = concat_ws('/', b.biennium, b.section, b.fund_source, b.stage)
WHERE e.period_from >= $from AND e.period_to <= $to
  AND ($biennium IS NULL OR b.biennium = $biennium)
  AND ($section IS NULL OR b.section = $section)
  AND ($source IS NULL OR b.fund_source = $source)
  AND ($project IS NULL OR e.project = $project)
  AND ($kind IS NULL OR e.kind = $kind)
  AND ($currency IS NULL OR e.amount_currency = $currency)
ORDER BY e.period_from
