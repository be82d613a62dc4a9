//! Who holds what: what is left is taken, and what is passed on is not held by two.

use callboard_core::{EndpointId, Identifier};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::{Batch, Beat, Change, Crew, SHARDS, Shards, Store};

use crate::database::Database;
use crate::support::endpoint;

pub fn crew(database: &Database) -> Box<dyn Crew> {
    PostgresStore::open(&database.address()).unwrap().crew().unwrap().unwrap().0
}

pub const STAYS: Beat = Beat { vacated: Shards::NONE, stays: true };

#[test]
fn what_a_hub_goes_on_holding_is_not_taken_anew_because_passing_the_rest_on_failed_once() {
    // Given a hub that is to leave half of what it holds to another one
    let database = Database::start();
    let (mut first, mut second) = (crew(&database), crew(&database));
    first.beat(STAYS).unwrap();
    second.beat(STAYS).unwrap();
    let before = first.beat(STAYS).unwrap();
    assert!(!before.leaving.is_empty());

    // When that fails
    database.run("ALTER TABLE shards ADD CONSTRAINT held CHECK (hub IS NOT NULL)");
    second.beat(STAYS).unwrap();
    assert!(first.beat(Beat { vacated: before.leaving, ..STAYS }).is_err());
    database.run("ALTER TABLE shards DROP CONSTRAINT held");

    // Then it has held all of it, what is to stay all the time, and can still pass the rest on
    second.beat(STAYS).unwrap();
    let after = first.beat(STAYS).unwrap();
    for shard in 0..SHARDS {
        let (was, is) = (before.taken[shard as usize], after.taken[shard as usize]);
        assert!(if before.leaving.contains(shard) { is > was } else { is == was }, "{shard}");
    }
    second.beat(STAYS).unwrap();
    let passed_on = first.beat(Beat { vacated: before.leaving, ..STAYS }).unwrap();
    for shard in 0..SHARDS {
        let taken = if before.leaving.contains(shard) { 0 } else { before.taken[shard as usize] };
        assert_eq!(passed_on.taken[shard as usize], taken, "{shard}");
    }
}

#[test]
fn what_a_hub_held_that_has_gone_without_letting_go_of_it_is_taken_by_the_others() {
    // Given two hubs that hold half of everything each
    let database = Database::start();
    let (mut first, mut second) = (crew(&database), crew(&database));
    first.beat(STAYS).unwrap();
    second.beat(STAYS).unwrap();
    let vacated = first.beat(STAYS).unwrap().leaving;
    first.beat(Beat { vacated, ..STAYS }).unwrap();
    assert_eq!(second.beat(STAYS).unwrap().held(), vacated);

    // When one of them is to go, and that breaks off half-way, then it has not gone
    database.run("ALTER TABLE shards ADD CONSTRAINT held CHECK (hub IS NOT NULL)");
    assert!(second.leave().is_err());
    assert_eq!(database.ask("SELECT COUNT(*) FROM hubs"), "2");
    database.run("ALTER TABLE shards DROP CONSTRAINT held");

    // And when it has, and still is the one who holds them, then the other one takes them
    database.run("DELETE FROM hubs WHERE id = (SELECT MAX(id) FROM hubs)");
    assert_eq!(first.beat(STAYS).unwrap().held(), Shards::ALL);
}

#[test]
fn how_an_endpoint_is_doing_that_has_been_removed_meanwhile_is_not_kept() {
    let database = Database::start();
    let mut crew = crew(&database);
    let mut engine = PostgresStore::open(&database.address()).unwrap().engine().unwrap();
    let put = vec![Change::PutEndpoint(endpoint(1))];
    engine.commit(&Batch { changes: put, ..Batch::default() }).unwrap();

    let well = |raw_id| (EndpointId::from_raw(raw_id), "{}".to_owned());
    crew.report(&[well(1), well(2)]).unwrap();
    assert_eq!(database.ask("SELECT STRING_AGG(endpoint::TEXT, ' ') FROM reports"), "1");
}
