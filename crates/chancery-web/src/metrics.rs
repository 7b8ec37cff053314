//! What the server counts, as Prometheus reads it. Nothing of who asked for what.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use chancery_app::SignedIn;

/// Bounds of the times that are told apart, in seconds.
const BOUNDS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// By the first digit of the status.
    answered: [AtomicU64; 6],
    within: [AtomicU64; BOUNDS.len()],
    microseconds: AtomicU64,
    limited: AtomicU64,
    sign_ins: [AtomicU64; 3],
}

impl Metrics {
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        if let Some(class) = self.answered.get(usize::from(status / 100)) {
            class.fetch_add(1, Relaxed);
        }
        self.microseconds.fetch_add(took.as_micros() as u64, Relaxed);
        let bound = BOUNDS.iter().position(|bound| took.as_secs_f64() <= *bound);
        if let Some(bound) = bound {
            self.within[bound].fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn limited(&self) {
        self.limited.fetch_add(1, Relaxed);
    }

    pub(crate) fn signed_in(&self, tried: &SignedIn) {
        let kind = match tried {
            SignedIn::Yes(_) => 0,
            SignedIn::CodeNeeded(_) => return,
            SignedIn::No => 1,
            SignedIn::Later(_) => 2,
        };
        self.sign_ins[kind].fetch_add(1, Relaxed);
    }

    /// In the text form of Prometheus.
    pub(crate) fn text(&self, entries: u64) -> String {
        let mut text = String::new();
        let mut line = |line: std::fmt::Arguments<'_>| {
            // Writing into a String cannot fail.
            let _ = text.write_fmt(line);
            text.push('\n');
        };
        line(format_args!("# TYPE chancery_journal_entries gauge"));
        line(format_args!("chancery_journal_entries {entries}"));
        line(format_args!("# TYPE chancery_requests_total counter"));
        let mut all = 0;
        for (class, count) in self.answered.iter().enumerate().skip(1) {
            let count = count.load(Relaxed);
            all += count;
            line(format_args!("chancery_requests_total{{status=\"{class}xx\"}} {count}"));
        }
        line(format_args!("# TYPE chancery_request_seconds histogram"));
        let mut within = 0;
        for (bound, count) in BOUNDS.iter().zip(&self.within) {
            within += count.load(Relaxed);
            line(format_args!("chancery_request_seconds_bucket{{le=\"{bound}\"}} {within}"));
        }
        line(format_args!("chancery_request_seconds_bucket{{le=\"+Inf\"}} {all}"));
        let seconds = self.microseconds.load(Relaxed) as f64 / 1e6;
        line(format_args!("chancery_request_seconds_sum {seconds}"));
        line(format_args!("chancery_request_seconds_count {all}"));
        line(format_args!("# TYPE chancery_limited_total counter"));
        line(format_args!("chancery_limited_total {}", self.limited.load(Relaxed)));
        line(format_args!("# TYPE chancery_sign_ins_total counter"));
        for (outcome, count) in ["in", "refused", "made_to_wait"].iter().zip(&self.sign_ins) {
            let count = count.load(Relaxed);
            line(format_args!("chancery_sign_ins_total{{outcome=\"{outcome}\"}} {count}"));
        }
        text
    }
}
