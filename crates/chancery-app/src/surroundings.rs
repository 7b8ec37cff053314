//! The clock and randomness: read here and nowhere else.

use jiff::Timestamp;

use crate::Error;

pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    Timestamp::now()
}

/// The time in seconds, as what is kept only for a while has it.
pub(crate) fn unix() -> i64 {
    now().as_second()
}

/// Random bytes, as keys and tokens need them.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "the one place where randomness is taken")]
    getrandom::fill(&mut bytes).map_err(|error| Error::wrong(format!("no randomness: {error}")))?;
    Ok(bytes)
}
