-- The tables of the warehouse that the report reads, as the models under dbt_project/models declare them.
create table dim_unit (
    unit_key varchar, unit_code varchar, unit_name varchar, unit_level_code varchar,
    parent_unit_code varchar, valid_from date, valid_to date
);
create table dim_period (
    period_code varchar, period_kind varchar, period_year integer, starts_on date, cut_off_on date,
    deadline_on date, ministry_deadline_on date, basis varchar, ministry_deadline_basis varchar
);
create table dim_map (
    map_code varchar, map_name varchar, valid_from date, valid_to date, read_on date
);
create table bridge_period (
    period_code varchar, measure_code varchar, source_period_code varchar
);
create table dim_authority (
    province_code varchar, valid_from date, valid_to date, ministry_name varchar,
    parent_body_name varchar, issuing_body_name varchar, document_symbol varchar,
    place_name varchar, signatory_title varchar, addressee_name varchar
);
create table fct_submission (
    submission_id varchar, unit_code varchar, period_code varchar, file_name varchar,
    verdict_code varchar, is_in_force boolean, received_at timestamp with time zone, revision_no integer
);
create table fct_decision (
    decision_no bigint, decision_code varchar, submission_id varchar, rule_id varchar, unit_code varchar,
    period_code varchar, entity_code varchar, name varchar, same_as_name varchar, other_name varchar,
    producer_name varchar, until_date date, decided_by varchar, reason varchar,
    decided_at timestamp with time zone
);
create table fct_layout (
    submission_id varchar, sheet varchar, field_name varchar, column_letter varchar,
    header_text varchar
);
create table int_ministry__evidence (
    period_code varchar, table_code varchar, row_code varchar, column_code varchar,
    measure_kind varchar, evidence_key varchar, amount decimal(18,3), _submission_id varchar,
    _sheet varchar, _row_number integer, _field_name varchar, _other_field_names varchar[]
);
create table rpt_ministry__headline (
    period_code varchar, row_no integer, row_code varchar, figure_name varchar, value decimal(18,3),
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
    star_unknown_count bigint, valid_count bigint, expired_count bigint, proposed_count bigint
);
create table rpt_ministry__star_by_group (
    period_code varchar, row_no integer, row_code varchar, product_group_name varchar,
    star_3_count bigint, star_4_count bigint, star_5_count bigint, star_unknown_count bigint,
    valid_count bigint
);
create table rpt_ministry__producer_by_type (
    period_code varchar, row_no integer, row_code varchar, producer_type_name varchar,
    producer_count bigint, product_count bigint, producer_share_pct decimal(18,3)
);
create table rpt_ministry__funding_by_content (
    period_code varchar, row_no integer, row_code varchar, content_name varchar,
    state_planned_amount_vnd_million decimal(18,3), state_disbursed_amount_vnd_million decimal(18,3),
    other_planned_amount_vnd_million decimal(18,3), other_disbursed_amount_vnd_million decimal(18,3),
    planned_amount_vnd_million decimal(18,3), disbursed_amount_vnd_million decimal(18,3),
    disbursed_share_pct decimal(18,3)
);
create table rpt_ministry__funding_by_source (
    period_code varchar, row_no integer, row_code varchar, source_name varchar,
    content_name varchar, planned_amount_vnd_million decimal(18,3),
    disbursed_amount_vnd_million decimal(18,3), disbursed_share_pct decimal(18,3),
    approximate_line_count bigint, note varchar
);
create table rpt_ministry__producer_goal (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar,
    indicator_name varchar, target_to_year integer, counted_producer_count integer, producer_count integer,
    producer_share_pct decimal(18,3), target_min decimal(18,3), target_max decimal(18,3), assessment_name varchar
);

create table rpt_ministry__target_left (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar,
    indicator_name varchar, target_to_year integer, is_over boolean,
    target_min decimal(18,3), target_max decimal(18,3), result_value decimal(18,3), left_value decimal(18,3),
    measure_unit varchar, assessment_name varchar
);

create table rpt_ministry__target_result (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar,
    indicator_name varchar, target_from_year integer, target_to_year integer,
    target_min decimal(18,3), target_max decimal(18,3), result_value decimal(18,3),
    measure_unit varchar, assessment_name varchar
);
create table rpt_ministry__activity_training (
    period_code varchar, row_no integer, row_code varchar, activity_type_name varchar, state_code varchar,
    state_name varchar, years varchar, activity_count decimal(18,3), is_count_approximate boolean,
    measure_unit varchar, participant_count decimal(18,3), is_participant_approximate boolean,
    area_ha decimal(18,3), is_area_approximate boolean, amount_vnd_million decimal(18,3),
    commune_count integer, unit_count integer, line_count integer, approximate_line_count integer, note varchar
);
create table rpt_ministry__activity_promotion as from rpt_ministry__activity_training;
create table rpt_ministry__activity_label as from rpt_ministry__activity_training;
create table rpt_ministry__activity_planting as from rpt_ministry__activity_training;
create table rpt_ministry__activity_tourism as from rpt_ministry__activity_training;
create table rpt_ministry__activity_other as from rpt_ministry__activity_training;
create table rpt_ministry__product_feature (
    period_code varchar, row_no integer, row_code varchar, feature_name varchar,
    yes_count integer, no_count integer, unknown_count integer, valid_count integer
);
create table rpt_ministry__rating (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, cycle_name varchar,
    council_level_name varchar, product_count bigint, star_3_count bigint, star_4_count bigint,
    star_5_count bigint, star_unknown_count bigint
);
create table rpt_ministry__submission_status (
    period_code varchar, row_no integer, row_code varchar, unit_code varchar, unit_name varchar,
    submission_status_code varchar, submission_status_name varchar, received_on date,
    is_on_time boolean, revision_no bigint, warning_count bigint, knows_funding boolean, note varchar
);
create table rpt_ministry__product_list (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, commune_name varchar,
    product_name varchar, producer_name varchar, producer_type_name varchar,
    product_group_name varchar, star integer, star_proposed integer, status_name varchar,
    status_basis_name varchar, decision_number varchar, recognised_on date, expires_on date
);
create table rpt_ministry__quality (
    period_code varchar, row_no integer, row_code varchar, finding_kind varchar, unit_name varchar,
    rule_id varchar, severity varchar, sheet varchar, finding varchar, finding_count bigint
);
create table rpt_ministry__stock_by_period (
    period_code varchar, row_no integer, row_code varchar, period_name varchar,
    received_unit_count integer, star_3_count integer, star_4_count integer, star_5_count integer,
    star_unknown_count integer, valid_count integer, note varchar
);
create table rpt_ministry__opening (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar,
    opening_basis_name varchar, opening_count bigint, skipped_periods varchar
);
create table rpt_ministry__movement (
    period_code varchar, row_no integer, row_code varchar, movement_name varchar,
    product_count bigint, star_3_count bigint, star_4_count bigint, star_5_count bigint,
    star_unknown_count bigint, change_count bigint
);
create table rpt_ministry__movement_list (
    period_code varchar, row_no integer, row_code varchar, movement_code varchar, movement_name varchar,
    unit_name varchar, product_name varchar, producer_name varchar, star_before integer, star_now integer,
    decided_on date, decision_number varchar, reason varchar, _submission_id varchar
);
create table rpt_ministry__star_by_former_district (
    period_code varchar, row_no integer, row_code varchar, province_name varchar, district_name varchar,
    star_3_count bigint, star_4_count bigint, star_5_count bigint, star_unknown_count bigint,
    valid_count bigint, expired_count bigint, proposed_count bigint, cumulative_count bigint
);
create table rpt_ministry__conflict (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, figure_name varchar,
    kind_name varchar, first_value decimal(18,3), second_value decimal(18,3), measure_unit varchar
);
create table rpt_ministry__expiring (
    period_code varchar, row_no integer, row_code varchar, unit_name varchar, product_name varchar,
    producer_name varchar, star integer, expires_on date, re_rating_from date, re_rating_to date
);
