//! What every engine must do, in terms of the store's surface alone: `engine_suite!` runs all of it on one of them.

pub mod batches;
pub mod erasing;
pub mod following;
pub mod hostile;
pub mod keeping;
pub mod lists;
pub mod looking;
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
            pages: a_page_ends_where_it_says_much_and_the_next_goes_on_from_there,
            pages: events_are_filtered_by_each_of_their_columns,
            pages: receipts_are_filtered_by_source_and_outcome,
            pages: deliveries_are_filtered_by_endpoint_event_and_state,
            pages: no_sources_and_no_endpoints_match_nothing,
            looking: deliveries_are_found_by_what_they_tell_and_whose_it_is_whoever_they_were_to,
            looking: lists_go_on_behind_more_rows_than_a_page_looks_at,
            looking: a_page_of_deliveries_says_where_it_stopped_when_too_many_do_not_match,
            looking: requests_of_a_source_are_counted_by_what_became_of_them,
            looking: no_more_requests_are_counted_than_so_many,
            lists: things_page_back_from_the_newest_within_bounds,
            lists: a_page_of_things_ends_where_they_say_much,
            lists: things_of_other_companies_and_kinds_are_not_listed,
            lists: things_are_listed_by_what_they_belong_to,
            lists: a_thing_that_moves_is_listed_where_it_belongs_now,
            lists: things_are_listed_by_how_they_stand_removed_ones_only_if_asked_for,
            lists: a_page_says_where_it_stopped_when_too_many_do_not_match,
            keeping: a_name_that_was_dropped_leads_nowhere_or_elsewhere,
            keeping: an_answer_comes_back_by_company_and_key,
            keeping: a_key_that_has_an_answer_is_a_conflict_as_long_as_that_is_honoured,
            keeping: answers_that_are_too_old_go_little_by_little,
            keeping: what_messages_are_known_by_goes_in_small_steps,
            keeping: bytes_of_files_come_back_until_they_are_dropped,
            keeping: what_is_to_be_fetched_is_due_when_its_time_has_come,
            keeping: what_no_wait_comes_to_is_due_at_once_before_everything_else,
            keeping: what_could_not_be_fetched_is_due_again_and_what_was_is_not,
            keeping: whoever_points_at_the_same_again_makes_it_another_pointer,
            keeping: what_a_removed_source_pointed_at_is_not_fetched,
            keeping: what_a_source_pointed_at_goes_when_it_is_not_fetched_from_any_more,
            erasing: an_erased_event_is_called_off_and_says_nothing_any_more,
            erasing: of_an_erased_request_nothing_is_left_but_that_it_came_in,
            erasing: what_an_erased_request_points_at_goes_with_it,
            erasing: requests_that_mention_someone_are_found_page_by_page,
            erasing: a_search_is_there_until_it_is_over_and_its_words_go_with_it,
            erasing: events_are_found_by_what_they_are_about_and_by_their_receipts,
            following: events_of_a_request_are_found_right_behind_it_and_far_away,
            following: deliveries_of_an_event_are_found_right_behind_it_and_far_away,
            following: what_an_event_was_told_in_goes_with_it_wherever_it_lies,
            owing: what_is_owed_is_read_page_by_page_oldest_first,
            owing: each_attempt_is_on_record_and_moves_its_delivery_on,
            owing: an_attempt_written_twice_is_one_and_another_under_its_number_is_kept_beside_it,
            owing: what_was_overtaken_adds_up,
            owing: what_was_called_off_stays_so_unless_it_arrived,
            owing: what_was_told_stays_told_whatever_comes_in_late,
            owing: what_was_given_up_is_owed_again_when_someone_has_it_retried,
            owing: a_retry_survives_the_last_attempt_that_was_still_under_way,
            owing: what_is_owed_again_is_not_given_up_for_an_attempt_from_before_that,
            owing: removing_an_endpoint_calls_off_what_it_was_owed_and_nothing_else,
            owing: nothing_is_owed_again_to_an_endpoint_that_was_removed,
            owing: a_page_ends_when_its_bodies_come_to_so_many_bytes_but_is_never_empty_before_the_last,
            owing: bodies_are_fetched_in_the_order_in_which_they_are_asked_for,
            owing: what_a_removed_endpoint_was_owed_is_called_off_in_steps,
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
