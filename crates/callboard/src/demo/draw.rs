//! The demo in a terminal: a departure board. One line a fact; what changes catches the eye, and nothing else moves.

use std::time::Duration;

use crossterm::event::{self, Event as Key, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row, Table};
use tokio::signal::unix::{SignalKind, signal};

use super::board::{Board, EventLine, Mark};
use super::cast::Cast;
use super::plain::symbol;
use super::watch::Watch;
use crate::cli::DemoArgs;

const FRAME: Duration = Duration::from_millis(100);
/// From this width on there is room for the stage that an interview came from.
const WIDE: u16 = 110;

const DIM: Style = Style::new().fg(Color::DarkGray);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

pub(super) async fn run(args: &DemoArgs, cast: &Cast) -> anyhow::Result<Board> {
    let mut watch = Watch::begin(cast, args.rate, args.seed)?;
    let mut terminal = ratatui::try_init()?;
    let board = play(args, &mut watch, &mut terminal).await;
    ratatui::restore();
    board
}

async fn play(
    args: &DemoArgs,
    watch: &mut Watch<'_>,
    terminal: &mut ratatui::DefaultTerminal,
) -> anyhow::Result<Board> {
    let mut frames = tokio::time::interval(FRAME);
    let mut terminate = signal(SignalKind::terminate())?;
    loop {
        let told_to_stop = tokio::select! {
            _ = frames.tick() => false,
            _ = terminate.recv() => true,
        };
        let board = watch.look().await?;
        terminal.draw(|frame| draw(frame, &board))?;
        let over = args.seconds.is_some_and(|end| board.seconds >= end);
        if told_to_stop || over || wants_to_leave()? {
            return Ok(board);
        }
    }
}

fn wants_to_leave() -> anyhow::Result<bool> {
    while event::poll(Duration::ZERO)? {
        if let Key::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
        {
            let control_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
            if control_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn draw(frame: &mut Frame<'_>, board: &Board) {
    let area = frame.area().inner(ratatui::layout::Margin::new(1, 0));
    let [title, key, _, totals, _, events, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(7),
        Constraint::Length(1),
        Constraint::Min(3),
        Constraint::Length(1),
    ])
    .areas(area);
    draw_title(frame, title, board);
    let signing_in = Line::styled(format!("sign in with {}", board.key), DIM);
    frame.render_widget(Paragraph::new(signing_in).right_aligned(), key);
    let [left, _, right] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(3), Constraint::Fill(1)]).areas(totals);
    frame.render_widget(platforms(board), left);
    frame.render_widget(receivers(board), right);
    frame.render_widget(lines(board, events), events);
    draw_foot(frame, foot);
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, board: &Board) {
    let left = Line::from(vec![Span::styled("CALLBOARD", BOLD.fg(Color::Cyan)), Span::styled("  demo", DIM)]);
    let clock = format!("{}:{:02}", board.seconds / 60, board.seconds % 60);
    let right =
        Line::from(vec![Span::raw(format!("{}/board", board.url)), Span::styled(format!("   {clock}"), DIM)]);
    frame.render_widget(Paragraph::new(left), area);
    frame.render_widget(Paragraph::new(right).right_aligned(), area);
}

fn header<'a>(cells: impl IntoIterator<Item = Line<'a>>) -> Row<'a> {
    Row::new(cells.into_iter().map(Cell::from)).style(DIM)
}

fn number(value: u64) -> Line<'static> {
    Line::from(grouped(value)).right_aligned()
}

/// Thousands are set apart, as in `12,345`.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn platforms(board: &Board) -> Table<'static> {
    let title = |text: &'static str| Line::from(text).right_aligned();
    let mut rows: Vec<Row<'_>> = board
        .platforms
        .iter()
        .map(|line| {
            let refused = number(line.refused).style(Style::new().fg(Color::Yellow));
            let name = Line::from(display(line.platform.name()));
            Row::new([Cell::from(name), number(line.accepted).into(), refused.into()])
        })
        .collect();
    let total = |name: &'static str, count: u64, style: Style| {
        Row::new([Cell::from(Span::styled(name, DIM)), number(count).style(style).into()])
    };
    let waiting = if board.owed == 0 { DIM } else { Style::new().fg(Color::Yellow) };
    rows.push(total("events", board.events, BOLD));
    rows.push(total("deliveries owed", board.owed, waiting));
    Table::new(rows, [Constraint::Fill(1), Constraint::Length(9), Constraint::Length(9)]).header(header([
        Line::from("PLATFORMS"),
        title("taken in"),
        title("refused"),
    ]))
}

fn receivers(board: &Board) -> Table<'static> {
    let title = |text: &'static str| Line::from(text).right_aligned();
    let rows = board.receivers.iter().map(|line| {
        let verdict = if line.is_sound() {
            Line::styled("✓ all", Style::new().fg(Color::Green))
        } else {
            Line::styled("✗ NOT", Style::new().fg(Color::Red))
        };
        Row::new([Cell::from(line.dialect), number(line.counts.taken).into(), verdict.right_aligned().into()])
    });
    Table::new(rows, [Constraint::Fill(1), Constraint::Length(9), Constraint::Length(9)]).header(header([
        Line::from("RECEIVERS"),
        title("told"),
        title("verified"),
    ]))
}

/// A platform's name as it writes it itself.
fn display(name: &str) -> String {
    match name {
        "skype" => "Skype Interviews",
        "hirehive" => "HireHive",
        "launchpad" => "LaunchPad",
        other => other,
    }
    .to_owned()
}

fn lines(board: &Board, area: Rect) -> Table<'static> {
    let wide = area.width >= WIDE;
    let mut titles =
        vec![Line::from("TIME"), Line::from("FROM"), Line::from("WHAT HAPPENED"), Line::from("WHO")];
    let what = if wide { 45 } else { 25 };
    let mut widths =
        vec![Constraint::Length(8), Constraint::Length(9), Constraint::Length(what), Constraint::Fill(1)];
    // Two letters over each column of marks: the receivers, in the order of the table above.
    titles.extend(board.receivers.iter().map(|line| Line::from(line.dialect[..2].to_owned())));
    widths.extend(board.receivers.iter().map(|_| Constraint::Length(2)));
    let rows = board.lines.iter().take(area.height.saturating_sub(1).into()).map(|line| row(line, wide));
    Table::new(rows.collect::<Vec<_>>(), widths).header(header(titles))
}

fn row(line: &EventLine, wide: bool) -> Row<'static> {
    let mut what = vec![Span::raw(line.what.clone())];
    if let Some(from) = line.from.as_ref().filter(|_| wide) {
        what.insert(0, Span::styled(from.clone(), DIM));
    }
    let mut cells = vec![
        Cell::from(Span::styled(line.at.strftime("%H:%M:%S").to_string(), DIM)),
        Cell::from(line.platform.map(callboard_simulate::Platform::name).unwrap_or_default()),
        Cell::from(Line::from(what)),
        Cell::from(line.who.clone()),
    ];
    cells.extend(
        line.marks
            .iter()
            .flatten()
            .map(|mark| Cell::from(Span::styled(symbol(*mark).to_string(), colour(*mark)))),
    );
    Row::new(cells)
}

fn colour(mark: Mark) -> Style {
    match mark {
        Mark::NoWord => DIM,
        Mark::Owed => Style::new().fg(Color::Yellow),
        Mark::Told => Style::new().fg(Color::Green),
        Mark::Failed => Style::new().fg(Color::Red),
    }
}

fn draw_foot(frame: &mut Frame<'_>, area: Rect) {
    let legend = Line::from(vec![
        Span::styled("●", colour(Mark::Told)),
        Span::styled(" told  ", DIM),
        Span::styled("○", colour(Mark::Owed)),
        Span::styled(" owed  ", DIM),
        Span::styled("·", colour(Mark::NoWord)),
        Span::styled(" no word for it in that dialect", DIM),
    ]);
    frame.render_widget(Paragraph::new(legend), area);
    frame.render_widget(Paragraph::new(Line::styled("q to end", DIM)).right_aligned(), area);
}
