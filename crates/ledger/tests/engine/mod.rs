//! What every engine must do, in terms of the store's surface alone: `engine_suite!` runs all of it on one of them.

pub mod batches;
pub mod hostile;
pub mod owing;
pub mod pages;
pub mod sample;
pub mod things;

/// Makes a test of each part of the suite. `$fresh` makes something that derefs to an empty [`callboard_ledger::Store`].
#[macro_export]
macro_rules! engine_suite {
    ($fresh:expr) => {
        $crate::engine_suite! { $fresh =>
            batches: a_batch_is_there_when_commit_returns,
            batches: a_batch_with_a_stale_thing_in_it_leaves_nothing,
            batches: a_thing_that_is_new_conflicts_with_one_that_is_there,
            batches: a_name_that_leads_somewhere_already_is_a_conflict,
            batches: a_request_that_was_seen_is_a_conflict_unless_that_no_longer_counts,
            batches: a_row_that_is_there_already_is_refused_and_nothing_of_its_batch_stays,
            batches: seen_is_told_by_source_and_hash_and_only_while_it_counts,
            batches: the_last_id_is_the_highest_of_all_kinds,
            batches: a_quarantined_receipt_is_understood_when_it_has_been_reread,
            batches: totals_count_everything_by_how_it_stands,
            things: all_nine_kinds_of_things_come_back_as_they_were,
            things: a_thing_that_changed_comes_back_as_it_is_now,
            things: what_people_configured_comes_back_and_what_they_removed_does_not,
            things: an_event_comes_back_with_those_who_were_skipped,
            hostile: times_come_back_to_the_nanosecond_and_beyond_the_extremes_as_these,
            hostile: ids_of_63_bits_are_told_apart_and_sorted,
            hostile: numbers_that_no_id_reaches_are_no_trouble,
            hostile: texts_come_back_whatever_is_in_them,
            pages: events_page_back_from_the_newest_and_on_from_the_oldest,
            pages: events_are_filtered_by_each_of_their_columns,
            pages: receipts_are_filtered_by_source_and_outcome,
            pages: deliveries_are_filtered_by_endpoint_event_and_state,
            pages: no_sources_and_no_endpoints_match_nothing,
            owing: what_is_owed_is_read_page_by_page_oldest_first,
            owing: each_attempt_is_on_record_and_moves_its_delivery_on,
            owing: an_attempt_written_twice_is_one_and_another_under_its_number_is_kept_beside_it,
            owing: what_was_overtaken_adds_up,
            owing: what_was_called_off_stays_so_unless_it_arrived,
            owing: what_was_told_stays_told_whatever_comes_in_late,
            owing: what_was_given_up_is_owed_again_when_someone_has_it_retried,
            owing: a_retry_survives_the_last_attempt_that_was_still_under_way,
            owing: removing_an_endpoint_calls_off_what_it_was_owed_and_nothing_else,
            owing: nothing_is_owed_again_to_an_endpoint_that_was_removed,
        }
    };
    ($fresh:expr => $($part:ident: $name:ident,)*) => {$(
        #[test]
        fn $name() {
            let store = $fresh;
            engine::$part::$name(&*store);
        }
    )*};
}
