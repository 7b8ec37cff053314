---
measure: kinds.by_colour
label: {ar: "by_colour", zh: "by_colour", en: "by_colour", fr: "by_colour", ru: "by_colour", es: "by_colour"}
unit: thing
parameters: {}
aggregate: count
group_by: [colour]
keywords: {ar: ["by_colour"], zh: ["by_colour"], en: ["by_colour"], fr: ["by_colour"], ru: ["by_colour"], es: ["by_colour"]}
---
SELECT record_id, colour FROM thing
