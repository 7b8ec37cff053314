---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.budget
label:
  ar: "الميزانية للفترة {biennium}، {section}، {source}، {stage}"
  zh: "{biennium}预算，{section}，{source}，{stage}"
  en: "Budget for {biennium}, {section}, {source}, {stage}"
  fr: "Budget pour {biennium}, {section}, {source}, {stage}"
  ru: "Бюджет на {biennium}: {section}, {source}, {stage}"
  es: "Presupuesto para {biennium}, {section}, {source}, {stage}"
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
  ar: ["الميزانية الموحدة", "اعتمادات", "الاعتماد", "موارد من خارج الميزانية", "من الموارد الخارجة عن الميزانية"]
  zh: ["合并预算订正额", "合并预算", "来自预算外资源", "预算外资源", "批款", "核定预算", "预算额", "两年期的"]
  en: ["consolidated budget", "revised consolidated budget", "appropriation", "appropriations", "appropriated", "extrabudgetary resources", "from extrabudgetary resources", "budget of", "budgeted", "for the biennium", "in the biennium"]
  fr: ["budget consolidé", "budget consolidé révisé", "crédits ouverts", "crédits", "ressources extrabudgétaires", "de ressources extrabudgétaires", "budget de", "pour l’exercice biennal", "pour l'exercice biennal"]
  ru: ["сводный бюджет", "сводного бюджета", "пересмотренный сводный бюджет", "ассигнования", "ассигнований", "внебюджетные ресурсы", "внебюджетных ресурсов", "из внебюджетных ресурсов", "бюджет в размере", "на двухгодичный период"]
  es: ["presupuesto unificado", "presupuesto unificado revisado", "presupuesto consolidado", "consignación", "consignaciones", "consignado", "recursos extrapresupuestarios", "de recursos extrapresupuestarios", "presupuesto de", "para el bienio", "en el bienio"]
cautions: [budget_rounded]
---
-- The one budget of these years, section, source of funds and stage: its key.
SELECT record_id, biennium, section, fund_source, stage, amount_amount, amount_currency, rounding
FROM budget
WHERE biennium = $biennium AND section = $section AND fund_source = $source AND stage = $stage
