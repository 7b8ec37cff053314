---
# yaml-language-server: $schema=../../../docs/reference/measure.schema.json
measure: programmes.indicators_met
label:
  ar: "نسبة المؤشرات التي بلغت أهدافها[، {project}]، في {at}"
  zh: "达标指标比例[，{project}]，截至{at}"
  en: "Share of indicators that met their targets[, {project}], at {at}"
  fr: "Part des indicateurs ayant atteint leur cible[, {project}], au {at}"
  ru: "Доля показателей, достигших целевого значения[, {project}], на {at}"
  es: "Proporción de indicadores que alcanzaron su meta[, {project}], al {at}"
unit: share
parameters:
  project: {type: link, register: project, optional: true}
  at: {type: date}
aggregate: ratio
column: met
keywords:
  ar: ["من المؤشرات بلغت أهدافها", "نسبة المؤشرات"]
  zh: ["达标指标", "指标已达标"]
  en: ["of indicators met their targets", "of the indicators", "indicators met"]
  fr: ["des indicateurs ont atteint leur cible", "des indicateurs"]
  ru: ["показателей достигли целевого значения", "показателей"]
  es: ["de los indicadores alcanzaron su meta", "de los indicadores"]
serves: ["50", "76"]
---
-- Of the indicators with a target, those whose latest total reading reached it by the day;
-- an indicator without a reading has not. Projects that begin after the day are left out.
WITH latest AS (
    SELECT record_id, indicator, value,
        row_number() OVER (PARTITION BY indicator ORDER BY date DESC) AS nth
    FROM reading
    WHERE disaggregated_by = 'total' AND date <= $at
)
SELECT
    make_array(i.record_id, l.record_id) AS record_id, i.result, i.code, i.target_value, l.value,
    COALESCE(CASE WHEN i.ascending THEN l.value >= i.target_value ELSE l.value <= i.target_value END, false) AS met
FROM indicator i
JOIN result r ON r.code = i.result
JOIN project p ON p.code = r.project AND (p.starts IS NULL OR p.starts <= $at)
LEFT JOIN latest l ON l.indicator = i.code AND l.nth = 1
WHERE i.target_value IS NOT NULL
  AND ($project IS NULL OR r.project = $project)
ORDER BY i.result, i.code
