-- The warehouse as the gate meets it: the columns the rules read, by the names of the warehouse's contract.
create table dim_unit (
    unit_key varchar, unit_code varchar, unit_name varchar, unit_level_code varchar, parent_unit_code varchar,
    valid_from date, valid_to date
);
create table bridge_unit_succession (
    old_unit_key varchar, new_unit_key varchar, old_unit_code varchar, new_unit_code varchar,
    relation_code varchar
);
create table dim_period (
    period_code varchar, period_kind varchar, period_year integer, starts_on date, cut_off_on date,
    deadline_on date, basis varchar, ministry_deadline_on date
);
create table dim_build (known_at timestamp with time zone);
create table fct_decision (decision_code varchar, period_code varchar, decided_at timestamp with time zone);
create table bridge_period (period_code varchar, measure_code varchar, source_period_code varchar);
create table dim_funding_content (content_code varchar, content_name varchar);
create table dim_funding_source (source_code varchar, source_group_code varchar, is_state_budget boolean);
create table dim_indicator (indicator_code varchar, indicator_name varchar, measure_unit varchar);
create table dim_producer (producer_key varchar, producer_name varchar, producer_type_code varchar);
create table dim_product (
    product_key varchar, product_name varchar, producer_key varchar, producer_name varchar,
    product_group_code varchar
);
create table fct_submission (
    submission_id varchar, unit_code varchar, period_code varchar, form_version varchar, file_name varchar,
    file_sha256 varchar, arrival_no integer, received_at timestamptz, verdict_code varchar, revision_no integer,
    is_held boolean, is_in_force boolean, is_on_time boolean, error_count integer, warning_count integer,
    product_row_count integer, rating_row_count integer, funding_row_count integer, target_row_count integer,
    activity_row_count integer
);
create table bridge_submission_form (
    submission_id varchar, form_name varchar, sheet_name varchar, unit_code varchar, period_code varchar,
    row_count integer, is_in_force boolean
);
create table fct_issue (
    issue_key varchar, submission_id varchar, unit_code varchar, period_code varchar, rule_id varchar,
    severity varchar, family varchar, sheet varchar, row_number integer, column_title varchar, field_name varchar,
    value_text varchar, expected_text varchar, difference varchar, message varchar, action varchar,
    is_in_force boolean
);
create table fct_product_status (
    period_code varchar, unit_code varchar, commune_code varchar, product_key varchar, producer_key varchar,
    product_group_code varchar, producer_type_code varchar, star integer, star_proposed integer,
    status_code varchar, status_stated_code varchar, status_basis varchar, is_valid boolean, is_cumulative boolean,
    decision_date date, recognised_on date, expires_on date, decision_number varchar, issuing_authority varchar,
    note varchar,
    _submission_id varchar, _sheet varchar, _row_number integer
);
create table fct_rating (
    period_code varchar, unit_code varchar, product_key varchar, producer_key varchar, cycle_code varchar,
    council_level_code varchar, council_date date, score_point decimal(5, 2), star integer, star_proposed integer,
    decision_number varchar, decision_date date, outcome_code varchar, note varchar,
    _submission_id varchar, _sheet varchar, _row_number integer
);
create table fct_funding (
    period_code varchar, unit_code varchar, funding_year integer, source_code varchar, is_state_budget boolean,
    capital_nature_code varchar, content_code varchar, planned_amount_vnd_million decimal(18, 3),
    disbursed_amount_vnd_million decimal(18, 3), supported_product_count integer, is_approximate boolean,
    note varchar, _submission_id varchar, _sheet varchar, _row_number integer
);
create table fct_target (
    period_code varchar, unit_code varchar, subject_unit_code varchar, indicator_code varchar,
    target_from_year integer, target_to_year integer, target_min decimal(18, 3), target_max decimal(18, 3),
    measure_unit varchar, star integer, product_group_code varchar, product_name varchar, is_total boolean,
    plan_document varchar, note varchar, _submission_id varchar, _sheet varchar, _row_number integer
);
create table fct_activity (
    period_code varchar, unit_code varchar, activity_type_code varchar, state_code varchar, from_date date,
    to_date date, commune_code varchar, activity_count integer, participant_count integer, note varchar,
    _submission_id varchar, _sheet varchar, _row_number integer
);
create table int_ministry__evidence (
    period_code varchar, table_code varchar, row_code varchar, column_code varchar, measure_kind varchar,
    evidence_key varchar, amount decimal(18, 3), _submission_id varchar, _sheet varchar, _row_number integer,
    _field_name varchar
);
create table rpt_ministry__headline (
    period_code varchar, row_no integer, row_code varchar, figure_name varchar, value decimal(18, 3),
    measure_unit varchar
);
create table rpt_ministry__star_by_unit (
    period_code varchar, row_no integer, row_code varchar, unit_code varchar, unit_name varchar,
    submission_status_code varchar, star_3_count bigint, star_4_count bigint, star_5_count bigint,
    star_unknown_count bigint, valid_count bigint, expired_count bigint, proposed_count bigint,
    cumulative_count bigint
);
create table rpt_ministry__star_by_commune (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, commune_code varchar,
    commune_name varchar, star_3_count bigint, star_4_count bigint, star_5_count bigint,
    star_unknown_count bigint, expired_count bigint, proposed_count bigint
);
create table rpt_ministry__star_by_former_district (
    period_code varchar, row_no integer, row_code varchar, province_name varchar, district_name varchar,
    star_3_count bigint, star_4_count bigint, star_5_count bigint, star_unknown_count bigint,
    valid_count bigint, expired_count bigint, proposed_count bigint, cumulative_count bigint
);
create table rpt_ministry__movement (
    period_code varchar, row_no integer, row_code varchar, movement_name varchar, product_count integer,
    change_count integer
);
create table rpt_ministry__movement_list (
    period_code varchar, row_no integer, row_code varchar, movement_code varchar
);
create table rpt_ministry__star_by_group (
    period_code varchar, row_no integer, row_code varchar, product_group_name varchar, star_3_count bigint,
    star_4_count bigint, star_5_count bigint, star_unknown_count bigint, valid_count bigint
);
create table rpt_ministry__producer_by_type (
    period_code varchar, row_no integer, row_code varchar, producer_type_name varchar, producer_count bigint,
    product_count bigint
);
create table rpt_ministry__funding_by_source (
    period_code varchar, row_no integer, row_code varchar, source_name varchar, content_name varchar,
    planned_amount_vnd_million decimal(18, 3), disbursed_amount_vnd_million decimal(18, 3),
    disbursed_share_pct decimal(18, 3), approximate_line_count integer
);
create table rpt_ministry__funding_by_content (
    period_code varchar, row_no integer, row_code varchar, content_name varchar,
    state_planned_amount_vnd_million decimal(18, 3), state_disbursed_amount_vnd_million decimal(18, 3),
    other_planned_amount_vnd_million decimal(18, 3), other_disbursed_amount_vnd_million decimal(18, 3),
    planned_amount_vnd_million decimal(18, 3), disbursed_amount_vnd_million decimal(18, 3),
    disbursed_share_pct decimal(18, 3)
);
create table rpt_ministry__rating (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, cycle_name varchar,
    council_level_name varchar, product_count integer, star_3_count integer, star_4_count integer
);
create table rpt_ministry__activity_training (
    period_code varchar, row_no integer, row_code varchar, activity_type_name varchar, state_name varchar,
    line_count bigint, activity_count decimal(18, 3), participant_count decimal(18, 3), area_ha decimal(18, 3),
    amount_vnd_million decimal(18, 3)
);
create table rpt_ministry__activity_promotion as from rpt_ministry__activity_training;
create table rpt_ministry__activity_label as from rpt_ministry__activity_training;
create table rpt_ministry__activity_planting as from rpt_ministry__activity_training;
create table rpt_ministry__activity_tourism as from rpt_ministry__activity_training;
create table rpt_ministry__activity_other as from rpt_ministry__activity_training;
create table rpt_ministry__product_feature (
    period_code varchar, row_no integer, row_code varchar, feature_name varchar, yes_count integer, no_count integer,
    unknown_count integer, valid_count integer
);
create table rpt_ministry__submission_status (
    period_code varchar, row_no integer, row_code varchar, unit_code varchar, unit_name varchar,
    submission_status_code varchar, submission_status_name varchar, received_on date, is_on_time boolean,
    revision_no integer, warning_count integer, note varchar
);
create table rpt_ministry__producer_goal (
    period_code varchar, row_no integer, row_code varchar, counted_producer_count integer, producer_count integer
);
create table rpt_ministry__target_result (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, indicator_name varchar,
    measure_unit varchar, result_value decimal(18, 3)
);
create table fct_product_movement (
    period_code varchar, unit_code varchar, product_key varchar, previous_period_code varchar,
    missed_period_count integer, opening_count integer, initial_count integer, new_count integer,
    late_count integer, re_recognised_count integer, upgraded_count integer, downgraded_count integer,
    corrected_count integer, moved_count integer, appeared_count integer, expired_count integer,
    revoked_count integer, stopped_count integer, vanished_count integer, closing_count integer
);
create table fct_conflict (
    conflict_key varchar, kind_code varchar, value decimal(18, 3), measure_unit varchar, unit_code varchar,
    period_code varchar, _submission_id varchar
);
create table mart_identity_proposal (entity_code varchar, name varchar, same_as varchar, state_code varchar);
create table int_measure (period_code varchar, measure_code varchar, place_code varchar, amount decimal(18, 3));
create table mart_measure_by_map (
    period_code varchar, measure_code varchar, map_code varchar, map_name varchar, unit_level_code varchar,
    unit_code varchar, amount decimal(18, 3)
);
