---
measure: kinds.middle
label: {ar: "middle", zh: "middle", en: "middle", fr: "middle", ru: "middle", es: "middle"}
unit: thing
parameters: {}
aggregate: median
column: count
keywords: {ar: ["middle"], zh: ["middle"], en: ["middle"], fr: ["middle"], ru: ["middle"], es: ["middle"]}
---
SELECT record_id, count FROM thing
