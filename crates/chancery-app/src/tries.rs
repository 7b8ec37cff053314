//! Wrong passwords and codes, counted, so that nobody can try them all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Seconds after which a count begins anew.
const WINDOW: i64 = 15 * 60;
/// More names are not counted at once; the oldest counts are dropped.
const MOST: usize = 100_000;

/// Counts of what failed, by name.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<String, (u32, i64)>>);

impl Tries {
    /// How many seconds somebody must wait who has failed so often.
    pub(crate) fn wait(&self, name: &str, most: u32, now: i64) -> Option<i64> {
        // A count that was left half written by a panic is still a count.
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, since) = counts.get(name)?;
        let left = since + WINDOW - now;
        (*count >= most && left > 0).then_some(left)
    }

    pub(crate) fn failed(&self, name: &str, now: i64) -> u32 {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST {
            counts.retain(|_, (_, since)| *since + WINDOW > now);
            if counts.len() >= MOST {
                counts.clear();
            }
        }
        let count = counts.entry(name.to_owned()).or_insert((0, now));
        if count.1 + WINDOW <= now {
            *count = (0, now);
        }
        count.0 += 1;
        count.0
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
        for now in 0..3 {
            assert_eq!(tries.wait("anna", 3, now), None);
            tries.failed("anna", now);
        }
        assert_eq!(tries.wait("anna", 3, 10), Some(WINDOW - 10));
        assert_eq!(tries.wait("boris", 3, 10), None);
        assert_eq!(tries.wait("anna", 3, WINDOW), None);
        assert_eq!(tries.failed("anna", WINDOW), 1);
        tries.succeeded("anna");
        assert_eq!(tries.failed("anna", WINDOW), 1);
    }
}
