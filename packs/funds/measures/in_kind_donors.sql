---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: funds.in_kind_donors
label:
  ar: "مقدمو التبرعات العينية[، {purpose}][، من {from}][ إلى {to}]"
  zh: "实物捐助方[，{purpose}][，{from}起][，至{to}]"
  en: "Donors in kind[, {purpose}][, from {from}][ to {to}]"
  fr: "Donateurs en nature[, {purpose}][, à compter du {from}][ jusqu’au {to}]"
  ru: "Доноры, внесшие взносы натурой[, {purpose}][, с {from}][ по {to}]"
  es: "Donantes en especie[, {purpose}][, desde el {from}][ hasta el {to}]"
serves: ["27"]
unit: organization
parameters:
  purpose: {type: code, codelist: contribution_purpose, optional: true}
  from: {type: date, optional: true}
  to: {type: date, optional: true}
aggregate: count_distinct
column: donor
keywords:
  ar: ["مقدمي التبرعات العينية", "مقدمو التبرعات العينية", "قدمت تبرعات عينية"]
  zh: ["实物捐助方", "实物捐助国", "提供实物捐助"]
  en: ["in-kind donors", "donors in kind", "contributors in kind"]
  fr: ["donateurs en nature"]
  ru: ["доноров натурой", "внесших взносы натурой"]
  es: ["donantes en especie"]
cautions: [contributions_undated]
---
-- Each donor once. A contribution without a date counts only where no period is asked for.
SELECT record_id, donor, purpose, first_day, last_day
FROM contribution_dated
WHERE kind = 'in_kind'
  AND ($purpose IS NULL OR purpose = $purpose)
  AND ($from IS NULL OR first_day >= $from)
  AND ($to IS NULL OR last_day <= $to)
ORDER BY donor
