//! A date as a number of nanoseconds, by hand.

/// `2026-11-21T20:00:00.5+01:00`; only what RFC 3339 allows.
pub(super) fn nanoseconds(text: &str) -> i128 {
    let text = text.to_ascii_uppercase();
    let (date, time) = text.split_once('T').unwrap();
    let (clock, offset) = split_zone(time);
    let [year, month, day] = numbers(date, '-');
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [hour, minute, second] = numbers(clock, ':');
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    seconds * 1_000_000_000 + format!("{fraction:0<9}").parse::<i128>().unwrap()
}

/// What stands before the zone, and the zone's distance to UTC in seconds.
fn split_zone(time: &str) -> (&str, i128) {
    let Some(at) = time.find(['+', '-', 'Z']) else { panic!("{time} has no zone") };
    let (clock, zone) = time.split_at(at);
    if zone == "Z" {
        return (clock, 0);
    }
    let (sign, distance) = zone.split_at(1);
    let (hours, minutes) = distance.split_once(':').unwrap();
    let seconds = hours.parse::<i128>().unwrap() * 3_600 + minutes.parse::<i128>().unwrap() * 60;
    (clock, if sign == "-" { -seconds } else { seconds })
}

fn numbers(text: &str, between: char) -> [i128; 3] {
    let parts: Vec<i128> = text.split(between).map(|part| part.parse().unwrap()).collect();
    parts.try_into().unwrap()
}

/// Days since 1970, counted one year and one month at a time.
fn days(year: i128, month: i128, day: i128) -> i128 {
    let leap = |year: i128| (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let years: i128 = (1970..year).map(|y| if leap(y) { 366 } else { 365 }).sum();
    let february = if leap(year) { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: i128 = lengths.iter().take(month as usize - 1).sum();
    years + months + day - 1
}
