---
measure: kinds.last
label: {ar: "last", zh: "last", en: "last", fr: "last", ru: "last", es: "last"}
unit: thing
parameters: {}
aggregate: max
column: term_to
keywords: {ar: ["last"], zh: ["last"], en: ["last"], fr: ["last"], ru: ["last"], es: ["last"]}
---
SELECT record_id, term_to FROM thing
