//! How often one place may ask.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// More places are not counted at once.
const MOST: usize = 100_000;

/// Each place has so many requests in hand, which come back at a steady pace.
pub(crate) struct Limits {
    in_hand: f64,
    a_second: f64,
    places: Mutex<HashMap<String, (f64, Instant)>>,
}

impl Limits {
    /// None are limited where the number is 0.
    pub(crate) fn new(a_minute: u32) -> Self {
        let a_minute = f64::from(a_minute);
        Self { in_hand: a_minute / 2.0, a_second: a_minute / 60.0, places: Mutex::default() }
    }

    /// Whether a place may ask now; if not, after how many seconds.
    pub(crate) fn take(&self, place: &str, now: Instant) -> Result<(), u64> {
        if self.a_second == 0.0 {
            return Ok(());
        }
        // Counts are whole whatever panicked.
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST {
            // Who has all in hand again need not be remembered.
            let full = self.in_hand / self.a_second;
            places.retain(|_, (_, since)| now.duration_since(*since).as_secs_f64() < full);
        }
        let place = places.entry(place.to_owned()).or_insert((self.in_hand, now));
        let back = now.duration_since(place.1).as_secs_f64() * self.a_second;
        *place = ((place.0 + back).min(self.in_hand), now);
        if place.0 < 1.0 {
            return Err(((1.0 - place.0) / self.a_second).ceil() as u64);
        }
        place.0 -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_place_that_asks_too_often_waits_and_others_do_not() {
        let (limits, start) = (Limits::new(60), Instant::now());
        for _ in 0..30 {
            assert_eq!(limits.take("a", start), Ok(()));
        }
        assert_eq!(limits.take("a", start), Err(1));
        assert_eq!(limits.take("b", start), Ok(()));
        assert_eq!(limits.take("a", start + Duration::from_secs(1)), Ok(()));
        assert_eq!(limits.take("a", start + Duration::from_secs(1)), Err(1));
        let none = Limits::new(0);
        assert!((0..10_000).all(|_| none.take("a", start).is_ok()));
    }
}
