//! Wrong passwords and codes, counted, so that nobody can try them all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Seconds after which a count begins anew.
const WINDOW: i64 = 15 * 60;
/// More names are not counted at once; the oldest counts are dropped.
const MOST: usize = 100_000;

/// Counts of what was tried and has not succeeded, by name.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<String, (u32, i64)>>);

impl Tries {
    /// Counts a try under each name, before it is known how it ends; or says how many seconds somebody
    /// must wait who tried too often under one of them.
    pub(crate) fn begin(&self, names: &[(String, u32)], now: i64) -> Option<i64> {
        // A count that was left half written by a panic is still a count.
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST {
            counts.retain(|_, (_, since)| *since + WINDOW > now);
            if counts.len() >= MOST {
                counts.clear();
            }
        }
        let waits = names.iter().filter_map(|(name, most)| {
            let (count, since) = counts.get(name)?;
            let left = since + WINDOW - now;
            (*count >= *most && left > 0).then_some(left)
        });
        if let Some(wait) = waits.max() {
            return Some(wait);
        }
        for (name, _) in names {
            let count = counts.entry(name.clone()).or_insert((0, now));
            if count.1 + WINDOW <= now {
                *count = (0, now);
            }
            count.0 += 1;
        }
        None
    }

    /// Takes back a try that succeeded.
    pub(crate) fn give_back(&self, names: &[(String, u32)]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, _) in names {
            if let Some((count, _)) = counts.get_mut(name) {
                *count = count.saturating_sub(1);
            }
        }
    }

    pub(crate) fn count(&self, name: &str) -> u32 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(name).map_or(0, |(count, _)| *count)
    }

    pub(crate) fn succeeded(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_too_often_waits_and_begins_anew() {
        let tries = Tries::default();
        let names = |name: &str| [(name.to_owned(), 3), ("here".to_owned(), 5)];
        for now in 0..3 {
            assert_eq!(tries.begin(&names("anna"), now), None);
        }
        assert_eq!(tries.begin(&names("anna"), 10), Some(WINDOW - 10));
        assert_eq!(tries.count("here"), 3);
        assert_eq!(tries.begin(&names("boris"), 10), None);
        tries.give_back(&names("boris"));
        assert_eq!(tries.begin(&names("boris"), 10), None);
        assert_eq!(tries.begin(&names("boris"), 11), None);
        // The place has failed five times.
        assert_eq!(tries.begin(&names("clara"), 12), Some(WINDOW - 12));
        assert_eq!(tries.begin(&names("anna"), WINDOW), None);
        assert_eq!(tries.count("anna"), 1);
        tries.succeeded("anna");
        assert_eq!(tries.count("anna"), 0);
    }
}
