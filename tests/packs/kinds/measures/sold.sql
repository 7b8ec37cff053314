---
measure: kinds.sold
label: {ar: "sold", zh: "sold", en: "sold", fr: "sold", ru: "sold", es: "sold"}
unit: share
parameters: {}
aggregate: ratio
column: sold
keywords: {ar: ["sold"], zh: ["sold"], en: ["sold"], fr: ["sold"], ru: ["sold"], es: ["sold"]}
---
SELECT record_id, sold FROM thing
