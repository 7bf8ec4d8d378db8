with
    product as (select * from {{ ref("mart_product") }}),

    -- The names are those of table PTNT_OCOP (QĐ 5277/QĐ-BNNMT). A product stands once for a place and
    -- period.
    final as (
        select
            product_code as "MA_OCOP",
            coalesce(commune_code, unit_code) as "Ma_DonViHanhChinh",
            period_code as "Ma_ThoiGian",
            product_key as "Ma_SanPham",
            product_name as "TenSanPham",
            if(star between 3 and 5, star || '*', null) as "XepHang",
            producer_name as "ChuTheSXKD",
            annual_revenue_vnd_million::decimal(14, 2) as "DoanhThuNam",
            status_name as "TrangThai",
        from product
        where is_cumulative
        qualify
            row_number() over (
                partition by period_code, coalesce(commune_code, unit_code), product_key
                order by _submission_id, _row_number
            )
            = 1
    )

select *
from final
