---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.legal_texts
label:
  ar: "النصوص القانونية التي حظيت بالمساعدة[، {kind}][، {theme}][، {country}]، من {from} إلى {to}"
  zh: "获得协助的法律文本[，{kind}][，{theme}][，{country}]，{from}至{to}"
  en: "Legal texts on which assistance was provided[, {kind}][, {theme}][, {country}], from {from} to {to}"
  fr: "Textes juridiques ayant fait l’objet d’une assistance[, {kind}][, {theme}][, {country}], du {from} au {to}"
  ru: "Нормативные акты, по которым оказано содействие[, {kind}][, {theme}][, {country}], с {from} по {to}"
  es: "Textos jurídicos para los que se prestó asistencia[, {kind}][, {theme}][, {country}], del {from} al {to}"
unit: document
parameters:
  kind: {type: code, codelist: legal_text_kind, optional: true}
  theme: {type: code, codelist: theme, optional: true}
  country: {type: link, register: participant, optional: true}
  from: {type: date}
  to: {type: date}
aggregate: count
keywords:
  ar: ["نصا قانونيا", "نصوص قانونية"]
  zh: ["法律文本", "份法律文本"]
  en: ["legal texts", "legal text"]
  fr: ["textes juridiques", "texte juridique"]
  ru: ["нормативных актов", "нормативных акта", "нормативный акт"]
  es: ["textos jurídicos", "texto jurídico"]
serves: ["9", "15", "23", "37", "41", "58", "60", "62"]
---
-- Laws, codes, policies and plans that the office helped with in the period.
SELECT record_id, code, country, kind, help_given, status
FROM legal_text
WHERE assisted_from <= $to AND assisted_to >= $from
  AND ($kind IS NULL OR kind = $kind)
  AND ($theme IS NULL OR theme = $theme)
  AND ($country IS NULL OR country = $country)
ORDER BY country, code
