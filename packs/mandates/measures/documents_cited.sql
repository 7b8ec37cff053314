---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: mandates.documents_cited
label:
  ar: "الوثائق المستشهد بها في {document}[، النوع: {kind}]"
  zh: "{document}引用的文件[（{kind}）]"
  en: "Documents cited: {document}[ ({kind})]"
  fr: "Documents cités : {document}[ ({kind})]"
  ru: "Цитируемые официальные документы: {document}[ ({kind})]"
  es: "Documentos citados: {document}[ ({kind})]"
serves: ["2", "5", "8", "25", "66", "70", "71", "80"]
unit: document
parameters:
  document: {type: link, register: document}
  kind: {type: code, codelist: document_kind, optional: true}
aggregate: count
keywords:
  ar: ["وثيقة مستشهدا بها", "وثائق مستشهد بها"]
  zh: ["引用的文件", "引用文件"]
  en: ["documents cited", "cited documents"]
  fr: ["documents cités"]
  ru: ["цитируемых официальных документов", "цитируемые официальные документы"]
  es: ["documentos citados"]
---
-- Each document that the given one cites, once.
SELECT make_array(d.record_id, c.record_id) AS record_id, c.symbol, c.kind
FROM document d
JOIN document c ON array_has(d.cites, replace(c.record_id, 'document/', ''))
WHERE replace(d.record_id, 'document/', '') = $document
  AND ($kind IS NULL OR c.kind = $kind)
ORDER BY c.symbol
