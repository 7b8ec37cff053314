---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.donors
label:
  ar: "الجهات المانحة، {kind}[، {purpose}][، من {from}][ إلى {to}]"
  zh: "捐助方，{kind}[，{purpose}][，{from}起][，至{to}]"
  en: "Donors, {kind}[, {purpose}][, from {from}][ to {to}]"
  fr: "Donateurs, {kind}[, {purpose}][, à compter du {from}][ jusqu’au {to}]"
  ru: "Доноры, {kind}[, {purpose}][, с {from}][ по {to}]"
  es: "Donantes, {kind}[, {purpose}][, desde el {from}][ hasta el {to}]"
serves: ["27"]
unit: organization
parameters:
  kind: {type: code, codelist: contribution_kind, default: cash}
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  from: {type: date, optional: true}
  to: {type: date, optional: true}
aggregate: count_distinct
column: donor
keywords:
  ar: ["جهة مانحة", "جهات مانحة", "الجهات المانحة", "مانحين", "مانحا"]
  zh: ["捐助方", "捐助国", "捐助国和组织", "捐款方"]
  en: ["donors", "donor", "contributors"]
  fr: ["donateurs", "donateur"]
  ru: ["доноров", "доноры", "донора", "донор"]
  es: ["donantes", "donante"]
cautions: [contributions_undated]
---
-- Each donor once, however often it gave. A contribution counts when it was received wholly
-- within the period; one without a date counts only where no period is asked for.
SELECT record_id, donor, kind, purpose, first_day, last_day
FROM contribution_dated
WHERE kind = $kind
  AND ($purpose IS NULL OR purpose = $purpose)
  AND ($from IS NULL OR first_day >= $from)
  AND ($to IS NULL OR last_day <= $to)
ORDER BY donor
