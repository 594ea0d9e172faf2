//! Points in time as SCIM writes them: RFC 3339, with a zone.
//!
//! Of a whole library for dates only this much is needed, and the library was a tenth of the module. Its answers are
//! the measure in the tests.

use std::fmt;
use std::str::FromStr;

const NANOS: u64 = 1_000_000_000;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    /// Since 1970, UTC.
    seconds: i64,
    /// Within the second; what is finer than that does not count.
    nanos: u32,
}

/// A text that is no date and time with a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoInstant;

impl Instant {
    /// Nanoseconds since 1970.
    pub fn from_nanos(nanos: u64) -> Self {
        let seconds = i64::try_from(nanos / NANOS).unwrap_or_default();
        Self { seconds, nanos: u32::try_from(nanos % NANOS).unwrap_or_default() }
    }

    /// HTTP's own form of a date: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7; the obsolete ones are not read).
    pub fn from_http(text: &str) -> Option<Self> {
        let (_, date) = text.split_once(", ")?;
        let mut parts = date.split(' ');
        let (day, month, year, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let month = MONTHS.iter().position(|name| *name == month)? + 1;
        let is_utc = parts.eq(["GMT"]);
        format!("{year}-{month:02}-{day}T{time}Z").parse().ok().filter(|_| is_utc)
    }

    /// Whole milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.seconds * 1_000 + i64::from(self.nanos / 1_000_000)
    }
}

/// UTC, to the millisecond.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.seconds.div_euclid(86_400));
        let second = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let millis = i64::from(self.nanos / 1_000_000);
        let mut text = String::with_capacity(24);
        for (number, digits, then) in [
            (year, 4, '-'),
            (month, 2, '-'),
            (day, 2, 'T'),
            (hour, 2, ':'),
            (minute, 2, ':'),
            (second, 2, '.'),
            (millis, 3, 'Z'),
        ] {
            put_digits(&mut text, number, digits);
            text.push(then);
        }
        f.write_str(&text)
    }
}

/// As `{:02}` and its like do it, at a tenth of the cost.
fn put_digits(text: &mut String, number: i64, digits: u32) {
    let digit = |place| u8::try_from(number / 10_i64.pow(place) % 10).unwrap_or_default();
    text.extend((0..digits).rev().map(|place| char::from(b'0' + digit(place))));
}

impl FromStr for Instant {
    type Err = NoInstant;

    fn from_str(text: &str) -> Result<Self, NoInstant> {
        Reader(text.as_bytes()).instant().ok_or(NoInstant)
    }
}

/// What is yet to be read.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn instant(mut self) -> Option<Instant> {
        let days = self.days()?;
        self.one_of(b"Tt ")?;
        let second = self.second_of_day()?;
        let nanos = self.fraction()?;
        let offset = self.offset()?;
        self.0.is_empty().then_some(Instant { seconds: days * 86_400 + second - offset, nanos })
    }

    fn days(&mut self) -> Option<i64> {
        let year = self.number(4)?;
        self.one_of(b"-")?;
        let month = self.number(2)?;
        self.one_of(b"-")?;
        let written = (year, month, self.number(2)?);
        Some(days(written)).filter(|days| date(*days) == written)
    }

    /// A leap second has no place of its own in time as computers count it.
    fn second_of_day(&mut self) -> Option<i64> {
        let (hour, minute) = self.hour_and_minute()?;
        self.one_of(b":")?;
        let second = self.number(2).filter(|second| *second <= 60)?.min(59);
        Some(hour * 3_600 + minute * 60 + second)
    }

    /// Any number of digits, of which nine count.
    fn fraction(&mut self) -> Option<u32> {
        if self.one_of(b".").is_none() {
            return Some(0);
        }
        let digits = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at_checked(digits).filter(|_| digits > 0)?;
        self.0 = rest;
        let nine = fraction.iter().chain([b'0'; 9].iter()).take(9);
        Some(nine.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
    }

    /// Seconds to the east.
    fn offset(&mut self) -> Option<i64> {
        let sign = self.one_of(b"Zz+-")?;
        if sign.eq_ignore_ascii_case(&b'z') {
            return Some(0);
        }
        let (hour, minute) = self.hour_and_minute()?;
        let seconds = hour * 3_600 + minute * 60;
        Some(if sign == b'-' { -seconds } else { seconds })
    }

    fn hour_and_minute(&mut self) -> Option<(i64, i64)> {
        let hour = self.number(2).filter(|hour| *hour < 24)?;
        self.one_of(b":")?;
        let minute = self.number(2).filter(|minute| *minute < 60)?;
        Some((hour, minute))
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |n, digit| digit.is_ascii_digit().then(|| n * 10 + i64::from(digit - b'0')))
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| bytes.contains(first))?;
        self.0 = rest;
        Some(*first)
    }
}

/// Days since 1970 of a year, month and day. Years begin in March here, so that the leap day is their last
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days((year, month, day): (i64, i64, i64)) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year, month and day of days since 1970; by the same author.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (year * 365 + year / 4 - year / 100);
    let from_march = (of_year * 5 + 2) / 153;
    let day = of_year - (from_march * 153 + 2) / 5 + 1;
    let (month, passed) = if from_march < 10 { (from_march + 3, 0) } else { (from_march - 9, 1) };
    (era * 400 + year + passed, month, day)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn nanos(text: &str) -> Option<i128> {
        let instant: Instant = text.parse().ok()?;
        Some(i128::from(instant.seconds) * i128::from(NANOS) + i128::from(instant.nanos))
    }

    #[test]
    fn http_has_a_form_of_its_own() {
        let read = |text| Instant::from_http(text).map(|instant| instant.to_string());
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT").as_deref(), Some("1994-11-06T08:49:37.000Z"));
        for text in
            ["", "10", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    fn by_jiff(text: &str) -> Option<i128> {
        text.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond)
    }

    #[test]
    fn what_is_written_otherwise_is_refused() {
        for text in [
            "",
            "2026",
            "2026-11-22",
            "2026-11-22T10:00:00",
            "2026-11-22T10:00Z",
            "2026-11-22T10:00:00Zulu",
            "2026-02-29T10:00:00Z",
            "1900-02-29T10:00:00Z",
            "2026-04-31T10:00:00Z",
            "2026-00-01T10:00:00Z",
            "2026-13-01T10:00:00Z",
            "2026-01-00T10:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:60:00Z",
            "2026-11-22T10:00:61Z",
            "2026-11-22T10:00:00.Z",
            "2026-11-22T10:00:00+24:00",
            "2026-11-22T10:00:00+01:60",
            "2026-11-22T10:00:00+0100",
            "+2026-11-22T10:00:00Z",
            "2026-11-22T10:00:00Z[UTC]",
            "２026-11-22T10:00:00Z",
        ] {
            assert_eq!(nanos(text), None, "{text}");
        }
    }

    #[test]
    fn a_fraction_may_be_longer_than_counts_and_a_leap_second_is_the_one_before() {
        assert_eq!(nanos("2026-11-22T10:00:00.1234567899999Z"), by_jiff("2026-11-22T10:00:00.123456789Z"));
        assert_eq!(nanos("2016-12-31T23:59:60Z"), by_jiff("2016-12-31T23:59:59Z"));
        assert_eq!("1969-12-31T23:59:59.9999Z".parse::<Instant>().unwrap().millis(), -1);
        assert_eq!("0000-02-29T00:00:00.9999Z".parse::<Instant>().unwrap().to_string(), "0000-02-29T00:00:00.999Z");
    }

    proptest! {
        /// All of it within bounds, or just beyond them.
        #[test]
        fn what_is_read_is_what_jiff_reads(
            date in r"([0-8]\d|19|20)\d\d-[01]\d-[0-3]\d", between in "[Tt ]", time in r"[0-2]\d:[0-6]\d:[0-6]\d",
            fraction in r"(\.\d{1,9})?", zone in r"[Zz]|[+-][01]\d:[0-6]\d",
        ) {
            let text = format!("{date}{between}{time}{fraction}{zone}");
            prop_assert_eq!(nanos(&text), by_jiff(&text), "{}", text);
        }

        #[test]
        fn nothing_is_read_that_jiff_does_not_read(text in r"[0-9TZ:+. -]{17,30}|2026-11-22[0-9TZ:+. -]{0,19}") {
            if nanos(&text).is_some() {
                prop_assert_eq!(nanos(&text), by_jiff(&text), "{}", text);
            }
        }

        #[test]
        fn what_is_written_is_what_jiff_writes(nanos: u64) {
            let written = format!("{:.3}", Timestamp::from_nanosecond(i128::from(nanos)).unwrap());
            prop_assert_eq!(Instant::from_nanos(nanos).to_string(), written);
        }
    }
}
