---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.united_nations_share
label:
  ar: "حصة {section} من الميزانية العادية للأمم المتحدة للفترة {biennium}"
  zh: "{biennium}联合国经常预算中{section}所占比例"
  en: "Share in the regular budget of the United Nations for {biennium}: {section}"
  fr: "Part dans le budget ordinaire de l’ONU pour {biennium} : {section}"
  ru: "Доля в регулярном бюджете Организации Объединенных Наций на {biennium}: {section}"
  es: "Proporción del presupuesto ordinario de las Naciones Unidas para {biennium}: {section}"
serves: ["80"]
unit: share
parameters:
  biennium: {type: text}
  section: {type: code, codelist: budget_section, default: section_16}
  stage: {type: code, codelist: budget_stage, default: appropriated}
aggregate: sum
column: share
keywords:
  ar: ["من الميزانية العادية للأمم المتحدة", "من ميزانية الأمم المتحدة العادية"]
  zh: ["联合国经常预算中给该办公室的拨款不到", "拨款不到", "占联合国经常预算"]
  en: ["of the United Nations regular budget", "of the regular budget of the United Nations", "of the total regular budget of the United Nations"]
  fr: ["du budget ordinaire de l’ONU", "du budget ordinaire de l'ONU", "du budget ordinaire de l’Organisation des Nations Unies"]
  ru: ["регулярного бюджета Организации Объединенных Наций", "от регулярного бюджета Организации Объединенных Наций"]
  es: ["del presupuesto ordinario de las Naciones Unidas"]
cautions: [budget_rounded]
---
-- The section over all sections of the regular budget, both at the same stage.
SELECT
    make_array(s.record_id, t.record_id) AS record_id,
    s.amount_amount AS section_amount, t.amount_amount AS whole, t.amount_currency,
    CAST(s.amount_amount AS DOUBLE) / CAST(t.amount_amount AS DOUBLE) AS share
FROM budget s
JOIN budget t
  ON t.biennium = s.biennium AND t.fund_source = s.fund_source AND t.stage = s.stage
  AND t.amount_currency = s.amount_currency
WHERE s.biennium = $biennium AND s.section = $section AND s.stage = $stage
  AND s.fund_source = 'regular_budget' AND t.section = 'united_nations'
