---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.appropriation_increase
label:
  ar: "زيادة الميزانية من {previous} إلى {biennium}، {section}، {source}، {stage}"
  zh: "{previous}至{biennium}预算增加额，{section}，{source}，{stage}"
  en: "Increase of the budget from {previous} to {biennium}, {section}, {source}, {stage}"
  fr: "Augmentation du budget entre {previous} et {biennium}, {section}, {source}, {stage}"
  ru: "Увеличение бюджета на {biennium} по сравнению с {previous}: {section}, {source}, {stage}"
  es: "Aumento del presupuesto entre {previous} y {biennium}, {section}, {source}, {stage}"
serves: ["80"]
unit: {column: amount_currency}
parameters:
  previous: {type: text}
  biennium: {type: text}
  section: {type: code, codelist: budget_section, default: section_16}
  source: {type: code, codelist: fund_source, default: regular_budget}
  stage: {type: code, codelist: budget_stage, default: appropriated}
aggregate: sum
column: increase
keywords:
  ar: ["زيادة طفيفة", "زيادة قدرها", "زيادة بمبلغ", "زيادة"]
  zh: ["小幅增资", "增资", "增拨", "增加额"]
  en: ["increase", "increase of", "modest increase", "slight increase", "small increase", "increment"]
  fr: ["augmentation", "augmentation de", "légère augmentation", "modeste augmentation"]
  ru: ["увеличение", "увеличения", "увеличении", "небольшое увеличение", "прирост", "увеличение на"]
  es: ["aumento", "aumento de", "pequeño aumento", "ligero aumento", "incremento"]
cautions: [budget_rounded]
---
-- The later budget less the earlier one of the same section, source and stage, in one currency.
SELECT
    make_array(later.record_id, earlier.record_id) AS record_id,
    later.biennium, earlier.biennium AS previous,
    later.amount_amount - earlier.amount_amount AS increase, later.amount_currency
FROM budget later
JOIN budget earlier
  ON earlier.section = later.section AND earlier.fund_source = later.fund_source
  AND earlier.stage = later.stage AND earlier.amount_currency = later.amount_currency
WHERE later.biennium = $biennium AND earlier.biennium = $previous
  AND later.section = $section AND later.fund_source = $source AND later.stage = $stage
