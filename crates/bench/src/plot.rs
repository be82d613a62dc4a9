//! Two pictures in one SVG: how long a webhook takes, and how many there are a second beside what the machine can do.

use std::path::Path;

use anyhow::anyhow;
use plotters::prelude::*;

use crate::all::AllReports;
use crate::latency::Curve;
use crate::report::float;
use crate::table::grouped;

const SIZE: (u32, u32) = (1_080, 420);
const MARGIN: u32 = 18;
const LABELS: u32 = 46;
const FONT: &str = "sans-serif";
const TEXT: i32 = 14;
const TITLE: i32 = 17;
/// Nines that the picture of latencies goes to: 99.99%.
const NINES: f64 = 4.0;
const BLUE: RGBColor = RGBColor(0x1f, 0x5f, 0xbf);
const ORANGE: RGBColor = RGBColor(0xd9, 0x6b, 0x0b);
const GREEN: RGBColor = RGBColor(0x2a, 0x8a, 0x57);
const GREY: RGBColor = RGBColor(0xa0, 0xa4, 0xaa);
const INK: RGBColor = RGBColor(0x24, 0x29, 0x2f);

/// Draws the reports into this file.
pub(crate) fn draw(reports: &AllReports, path: &Path) -> anyhow::Result<()> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    let drawn = area.fill(&WHITE).map_err(drop).and_then(|()| {
        let (left, right) = area.split_horizontally(SIZE.0 / 2);
        latencies(reports, &left).and_then(|()| rates(reports, &right))?;
        area.present().map_err(drop)
    });
    drawn.map_err(|()| anyhow!("cannot draw {}", path.display()))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn latencies(reports: &AllReports, area: &Area<'_>) -> Result<(), ()> {
    let rate = |report: &crate::report::Report| report.setup.rate.map_or(0.0, f64::from);
    let curves: [(String, &Curve, RGBColor); 3] = [
        (format!("{} a second", grouped(rate(&reports.quiet))), &reports.quiet.latencies.curve, GREEN),
        (format!("{} a second", grouped(rate(&reports.half))), &reports.half.latencies.curve, BLUE),
        ("all it can take".to_owned(), &reports.sustained.latencies.curve, ORANGE),
    ];
    let slowest = curves.iter().flat_map(|(_, curve, _)| &curve.us).max().copied().unwrap_or(1);
    let mut chart = ChartBuilder::on(area)
        .caption("From arrival to sink", (FONT, TITLE, &INK))
        .margin(MARGIN)
        .x_label_area_size(LABELS)
        .y_label_area_size(LABELS + MARGIN)
        .build_cartesian_2d(0.0..NINES, (0.1..float(slowest) / 1e3).log_scale())
        .map_err(drop)?;
    let mut mesh = chart.configure_mesh();
    mesh.x_labels(5).x_label_formatter(&|nines| share(*nines)).y_label_formatter(&|ms| format!("{ms} ms"));
    mesh.x_desc("of all webhooks").label_style((FONT, TEXT, &INK)).axis_desc_style((FONT, TEXT, &INK));
    mesh.light_line_style(WHITE).bold_line_style(GREY.mix(0.3)).draw().map_err(drop)?;
    for (label, curve, colour) in curves {
        let points = curve.nines.iter().zip(&curve.us).map(|(nines, us)| (*nines, float(*us) / 1e3));
        chart
            .draw_series(LineSeries::new(points.filter(|(nines, _)| *nines <= NINES), colour.stroke_width(2)))
            .map_err(drop)?
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    let mut labels = chart.configure_series_labels();
    labels.position(SeriesLabelPosition::UpperLeft).label_font((FONT, TEXT, &INK));
    labels.background_style(WHITE.mix(0.9)).draw().map_err(drop)
}

/// `99.9%`.
fn share(nines: f64) -> String {
    let percent = 100.0 - 100.0 * 10_f64.powf(-nines);
    format!("{}%", (percent * 1e4).round() / 1e4)
}

fn rates(reports: &AllReports, area: &Area<'_>) -> Result<(), ()> {
    let mut bars: Vec<(&str, f64, RGBColor)> = vec![
        ("replay, events", reports.replay.replayed_per_s, BLUE),
        ("catching up, deliveries", reports.backlog.drained_per_s, BLUE),
        ("ten endpoints, deliveries", reports.fan_out.rates.deliveries, BLUE),
        ("sustained, events", reports.sustained.rates.events, ORANGE),
    ];
    if let Some(limits) = &reports.sustained.limits {
        bars.push(("bare relay, requests", limits.relay_per_s, GREY));
        bars.push(("SQLite alone, rows", limits.sqlite_per_s, GREY));
        bars.push(("fsync, one by one", limits.fsyncs_per_s, GREY));
    }
    let (inside, most) = (area.margin(MARGIN, MARGIN, MARGIN, MARGIN), most(&bars));
    inside.draw_text("A second", &(FONT, TITLE, &INK).into_text_style(&inside), (0, 0)).map_err(drop)?;
    let (width, height) = inside.dim_in_pixel();
    let (labels, values) = (190.0, 70.0);
    let step = (f64::from(height) - 40.0) / float(bars.len() as u64);
    let style = (FONT, TEXT, &INK).into_text_style(&inside);
    for (place, (label, rate, colour)) in bars.iter().rev().enumerate() {
        let top = 40.0 + step * float(place as u64);
        let long = (f64::from(width) - labels - values) * rate / most;
        let bar = [(pixel(labels), pixel(top)), (pixel(labels + long), pixel(top + step * 0.6))];
        inside.draw(&Rectangle::new(bar, colour.filled())).map_err(drop)?;
        inside.draw_text(label, &style, (0, pixel(top + step * 0.15))).map_err(drop)?;
        let after = (pixel(labels + long + 8.0), pixel(top + step * 0.15));
        inside.draw_text(&grouped(*rate), &style, after).map_err(drop)?;
    }
    Ok(())
}

fn most(bars: &[(&str, f64, RGBColor)]) -> f64 {
    bars.iter().map(|(_, rate, _)| *rate).fold(1.0, f64::max)
}

#[expect(clippy::cast_possible_truncation, reason = "a place in a picture of a thousand pixels")]
fn pixel(place: f64) -> i32 {
    place.round() as i32
}
