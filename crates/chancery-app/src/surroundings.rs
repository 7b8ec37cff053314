//! The clock and randomness: read here and nowhere else.

use jiff::Timestamp;

use crate::Error;

pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    Timestamp::now()
}

/// The day, as it is at Greenwich.
pub(crate) fn today() -> jiff::civil::Date {
    jiff::tz::TimeZone::UTC.to_datetime(now()).date()
}

/// The time in seconds, as what is kept only for a while has it.
pub(crate) fn unix() -> i64 {
    now().as_second()
}

impl crate::Home {
    /// The day, counted from the first of 1970.
    pub fn day(&self) -> i64 {
        unix().div_euclid(crate::keeping::DAY)
    }

    /// A text that nobody can guess.
    pub fn random_token(&self) -> Result<String, Error> {
        Ok(chancery_access::token::token(&random()?))
    }
}

/// Random bytes, as keys and tokens need them.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place where randomness is taken")]
    getrandom::fill(&mut bytes).map_err(|error| Error::wrong(format!("no randomness: {error}")))?;
    Ok(bytes)
}
