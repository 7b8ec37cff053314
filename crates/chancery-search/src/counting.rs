//! Counts what is found by register, in one pass over it.

use std::collections::BTreeMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// How many of what is found are of each value of a field.
pub(crate) struct ByValue(pub(crate) &'static str);

/// The same, of one part of the index.
pub(crate) struct Part {
    values: Option<StrColumn>,
    counts: Vec<usize>,
}

impl Collector for ByValue {
    type Fruit = BTreeMap<String, usize>;
    type Child = Part;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<Self::Child> {
        let values = segment.fast_fields().str(self.0)?;
        let known = values.as_ref().map_or(0, |values| values.num_terms());
        Ok(Part { values, counts: vec![0; known] })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut all = BTreeMap::new();
        for (value, count) in parts.into_iter().flatten() {
            *all.entry(value).or_default() += count;
        }
        Ok(all)
    }
}

impl SegmentCollector for Part {
    type Fruit = BTreeMap<String, usize>;

    fn collect(&mut self, document: DocId, _: Score) {
        for value in self.values.iter().flat_map(|values| values.term_ords(document)) {
            if let Some(count) = self.counts.get_mut(value as usize) {
                *count += 1;
            }
        }
    }

    fn harvest(self) -> Self::Fruit {
        let counted = self.counts.into_iter().zip(0..).filter(|(count, _)| *count > 0);
        let named = counted.filter_map(|(count, place)| {
            let mut name = String::new();
            let known = self.values.as_ref()?.ord_to_str(place, &mut name).ok()?;
            known.then_some((name, count))
        });
        named.collect()
    }
}
