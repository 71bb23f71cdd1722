"""Headings that mean the same on whatever sheet they stand, divided by spaces."""

from __future__ import annotations

from collections.abc import Mapping

PLACE: Mapping[str, str] = {
    "lon": (
        "经度 东经 经度坐标 X X坐标 坐标X 横坐标 lng long lon longitude 经度E 经度X GPS经度 经度WGS84 E POINT_X x_coord "
        "gcj经度 百度经度 高德经度 地图经度 中心经度 经度° 经度度 东向坐标 Easting"
    ),
    "lat": (
        "纬度 北纬 纬度坐标 Y Y坐标 坐标Y 纵坐标 lat latitude 纬度N 纬度Y GPS纬度 N POINT_Y y_coord gcj纬度 百度纬度 高德纬度 "
        "地图纬度 中心纬度 纬度° 纬度度 北向坐标 Northing"
    ),
    "lonlat": (
        "经纬度 坐标 经纬度坐标 GPS坐标 地理坐标 位置坐标 坐标位置 定位 定位坐标 经纬 空间坐标 坐标点 点位坐标 coordinates "
        "coordinate lonlat latlon lnglat latlng location gps 地图坐标 经纬度信息"
    ),
    "wkt": "wkt geometry geom the_geom 图形 几何 空间数据 边界坐标串",
    "township_name": (
        "乡镇 乡镇街道 镇街 镇街道 乡镇场街道 所属乡镇 所在乡镇 乡镇名称 街道 街道名称 乡镇办 乡镇办事处 镇乡 乡镇街道名称 "
        "所属乡镇街道 所在乡镇街道 所属镇街 所在镇街 镇名 镇 乡 办事处 管辖乡镇 隶属乡镇 单位所在乡镇 township town "
        "townshipname subdistrict 乡镇农场 乡镇园区 户籍乡镇 户籍地乡镇 常住乡镇 户口所在乡镇 县乡镇"
    ),
    "township_code": "乡镇代码 乡镇编码 街道代码 乡镇街道代码 镇街代码 townshipcode 乡镇区划代码 乡镇行政区划代码",
    "village_name": (
        "村 村居 村社区 所属村 所在村 行政村 村名 村名称 所属村居 所在村居 村居名称 村社 村委会 村居委会 社区 村委会居委会 "
        "所属行政村 所在行政村 所属社区 所在社区 社区村 村社区名称 村级单位 所属村社区 所在村社区 行政村社区 村屯 户籍村 "
        "户籍所在村 常住村 现居住村 居委会 居村委 嘎查村 村分场 village villagename community 村街 村庄 村居社区 村改居 "
        "所属村组 所在村组 村居组 村社区组 村组名称 所在村居组 户籍地村居 所在村社 行政村名称 社区名称 村场 村队 辖区"
    ),
    "village_code": (
        "村代码 村编码 村居代码 村居编码 行政村代码 村社区代码 村社区编码 统计用区划代码 村区划代码 村级代码 村行政区划代码 "
        "villagecode 行政村编码 村委会代码 居委会代码 村级区划代码"
    ),
    "group_name": (
        "组 村民小组 组别 小组 所在组 村组 居民小组 组名 自然村 屯 自然屯 屯组 自然村组 队 生产队 村小组 组自然村 自然村屯 "
        "所属小组 网格 湾组 片组 社组 村民组 groupname hamlet"
    ),
    "address": (
        "住址 家庭住址 现住址 家庭地址 居住地址 住所 地址 详细地址 详细住址 具体住址 家庭详细住址 家庭详细地址 居住地 现居住地 现居住地址 "
        "居住详细地址 户籍地址 户籍地 户口所在地 户籍所在地 常住地址 常住地 通讯地址 所在地址 具体地址 身份证地址 address addr"
    ),
}
"""Where a thing is, whatever the layer; the names are those of :mod:`layers.intake.examination.columns`."""

ANY_LAYER: Mapping[str, str] = {
    "id": "唯一编号 唯一标识 对象编号 主键 系统编号 identifier uuid 对象ID 记录编号 内部编号",
    "name": "名称 全称 单位名称 机构名称 title fullname",
    "address": (
        "地址 详细地址 所在地址 具体地址 位置 所在位置 地点 通讯地址 办公地址 单位地址 详址 地理位置 坐落 住所 经营地址 "
        "营业地址 门牌地址 address addr 门店地址 站点地址 商户地址 具体位置 联系地址"
    ),
    "precision": "定位精度 坐标精度 定位级别 精度 位置精度 坐标来源精度 accuracy",
    "note": (
        "备注 说明 情况说明 备注说明 描述 附注 其他 其它 其他说明 需要说明的情况 remark remarks notes comment comments "
        "description"
    ),
    "valid_from": "启用日期 起始日期 生效日期 开始日期 自 validfrom startdate 设立日期 成立日期",
    "valid_to": "停用日期 终止日期 失效日期 结束日期 截止日期 有效期至 有效期止 validto enddate 撤销日期 到期日期",
}

IGNORED = (
    "序号 序 行号 顺序号 顺序 No # num 序列 排序 编次 index seq rowid rownumber fid objectid 填报人 填表人 审核人 填报日期 "
    "签字 签名 盖章 照片 图片"
)
"""Headings of columns that are not about the thing: they count rows, or say who filled in the sheet."""
