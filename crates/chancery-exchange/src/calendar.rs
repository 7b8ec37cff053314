//! iCalendar (RFC 5545): days and periods for people's own calendars.

use icalendar::{Calendar, Component, Event, EventLike, Property};
use jiff::civil::Date;

/// Something that happens on whole days.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The record, `register/key`.
    pub record_id: String,
    pub from: Date,
    pub to: Date,
    pub summary: String,
    pub place: String,
    /// What a person must know of it, such as that it is invented.
    pub note: String,
}

/// Writes a calendar. `now` is the time of writing, as `20130524T120000Z`.
pub fn calendar(name: &str, now: &str, happenings: &[Happening]) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    let day = |date: Date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    for happening in happenings {
        let mut event = Event::new();
        // The same record keeps its place in a calendar that is loaded again.
        event.uid(&format!("{}@chancery", happening.record_id));
        event.summary(&happening.summary);
        if !happening.place.is_empty() {
            event.location(&happening.place);
        }
        if !happening.note.is_empty() {
            event.description(&happening.note);
        }
        event.add_property("DTSTAMP", now);
        let all_day = |key: &str, date: String| {
            let mut property = Property::new(key, date);
            property.add_parameter("VALUE", "DATE");
            property.done()
        };
        event.append_property(all_day("DTSTART", day(happening.from)));
        // The end is the first day after.
        let after = happening.to.tomorrow().unwrap_or(happening.to);
        event.append_property(all_day("DTEND", day(after)));
        calendar.push(event.done());
    }
    calendar.to_string()
}
