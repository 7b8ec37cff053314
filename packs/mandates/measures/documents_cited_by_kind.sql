---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.documents_cited_by_kind
label:
  ar: "الوثائق المستشهد بها في {document} حسب النوع"
  zh: "{document}引用的文件，按种类分列"
  en: "Documents cited by kind: {document}"
  fr: "Documents cités, par nature : {document}"
  ru: "Цитируемые официальные документы по видам: {document}"
  es: "Documentos citados, por clase: {document}"
serves: ["2", "5", "8", "25", "66", "70", "71", "80"]
unit: document
parameters:
  document: {type: link, register: document}
aggregate: count
group_by: [kind]
keywords:
  ar: ["وثائق مستشهد بها حسب النوع"]
  zh: ["按种类分列的引用文件"]
  en: ["documents cited by kind"]
  fr: ["documents cités par nature"]
  ru: ["цитируемые официальные документы по видам"]
  es: ["documentos citados por clase"]
---
-- Each document that the given one cites, once.
SELECT make_array(d.record_id, c.record_id) AS record_id, c.symbol, c.kind
FROM document d
JOIN document c ON array_has(d.cites, replace(c.record_id, 'document/', ''))
WHERE replace(d.record_id, 'document/', '') = $document
