"""Headings of lists of areas, stations, support points and roads, and of claims, divided by spaces."""

from __future__ import annotations

from collections.abc import Mapping

TOWNSHIPS: Mapping[str, str] = {
    "id": "乡镇编号 街道编号 镇街编号 townshipid",
    "code": (
        "代码 编码 区划代码 行政区划代码 统计用区划代码 区划编码 行政区划编码 行政代码 code areacode regioncode 统计代码 "
        "行政区划码 区划码 adcode 国标码 gbcode xzqdm 乡镇代码 乡镇编码 街道代码 乡镇街道代码 乡镇区划代码 镇街代码 xzdm "
        "townshipcode"
    ),
    "name": (
        "名称 乡镇名称 乡镇 乡镇街道 街道 街道名称 镇街 乡镇街道名称 镇名 单位名称 行政区名称 区划名称 xzqmc 乡镇名 镇 "
        "行政区划名称 镇街名称 township townshipname 乡镇场街道"
    ),
    "kind": "类型 类别 乡镇类型 区划类型 行政区类型 type kind 性质",
    "boundary_source": "边界来源 数据来源 来源 source 资料来源 界线来源",
    "boundary_date": "边界日期 数据日期 界线日期 更新日期 勘界日期",
}

VILLAGES: Mapping[str, str] = {
    "id": "村编号 村居编号 社区编号 villageid",
    "code": (
        "代码 编码 区划代码 行政区划代码 统计用区划代码 区划编码 行政区划编码 行政代码 code areacode regioncode 统计代码 "
        "行政区划码 区划码 adcode 国标码 gbcode xzqdm 村代码 村编码 村居代码 村居编码 行政村代码 村社区代码 村委会代码 "
        "村级代码 村区划代码 villagecode 居委会代码 社区代码"
    ),
    "name": (
        "名称 村名 村名称 村居名称 行政村 村居 村社区 村 社区名称 行政村名称 村社区名称 村委会名称 村委会 社区 区划名称 "
        "行政区名称 zldwmc village villagename 村居委会 村居委会名称 村委会居委会 行政村社区"
    ),
    "kind": "类型 类别 村居类型 村类型 城乡类型 type kind 性质",
    "township": (
        "所属乡镇 乡镇 所属乡镇街道 乡镇街道 所在乡镇 镇街 上级单位 乡镇名称 上级区划 所属街道 街道 所属镇街 镇 township "
        "parent 所辖乡镇 隶属乡镇 上级行政区 乡镇场街道"
    ),
}

FORMER_NAMES: Mapping[str, str] = {
    "unit": "现属单位 现村名 现名称 现名 现行政村 现村 现乡镇 单位 unit presentunit",
    "name": "曾用名称或代码 曾用名 原名 原名称 原村名 旧名 别名 俗名 former formername alias",
}

STATIONS: Mapping[str, str] = {
    "id": "站点编号 服务站编号 站编号 机构编码 站点编码 服务站编码 stationid 站点代码",
    "name": (
        "名称 服务站名称 站点名称 服务站 站名 服务中心站名称 退役军人服务站 退役军人服务站名称 机构名称 服务机构名称 单位名称 "
        "服务中心名称 服务站点 站点 服务中心 stationname station 退役军人服务中心站名称 退役军人服务中心站 服务站点名称 "
        "服务保障机构名称 服务中心站"
    ),
    "level": "级别 层级 站点级别 服务站级别 站点层级 机构级别 机构层级 服务站层级 站点类型 服务站类型 level 行政层级 站级 所属层级",
    "status": (
        "状态 运行状态 站点状态 运行情况 使用状态 是否运行 建设状态 运营状态 开放状态 status 当前状态 建设情况 是否启用 "
        "运转情况"
    ),
    "parent": "上级站 上级站点 上级服务站 上级机构 上级单位 所属上级站 parent parentstation 主管站 上级服务中心 隶属站点",
    "unit": (
        "服务单位 服务区域 服务辖区 所属单位 辖区 服务范围 服务乡镇或村 管辖区域 unit 所服务单位 服务对象单位 所属区划 "
        "所属行政区 服务村 服务乡镇 依托单位 所属辖区"
    ),
    "phone": (
        "电话 对外电话 联系电话 办公电话 服务电话 咨询电话 站点电话 联系方式 电话号码 固定电话 座机 tel telephone phone "
        "服务热线 值班电话 公开电话 站内电话 热线电话"
    ),
    "staff": (
        "工作人员 工作人员数 人员数 工作人员数量 工作人员人数 专职人员 专职人员数 编制数 人员配备 配备人数 在岗人数 人数 "
        "staff 人员数量 工作人员总数 专兼职人员数 在职人数 现有人员 人员编制 配备人员数"
    ),
    "opened": (
        "启用日期 成立日期 成立时间 建成时间 挂牌时间 挂牌日期 揭牌时间 启用时间 建站时间 运行时间 开办日期 opened 建成日期 "
        "设立时间 投入使用时间 成立年月 建站日期"
    ),
    "closed": "停办日期 撤销日期 停用日期 关闭日期 撤并日期 closed 停办时间 撤销时间 撤并时间 关停时间",
}

STATION_GRADES: Mapping[str, str] = {
    "id": "等级编号 评定编号",
    "station": "服务站 服务站编号 站点编号 站点名称 服务站名称 站点 名称 单位名称 station stationid 机构名称 站名",
    "scheme": "评定办法 评定标准 评定依据 创建类型 评定项目 scheme 创建项目 评定文件 标准 文件依据",
    "grade": "等级 星级 评定等级 服务站等级 是否示范型 示范型 站点等级 grade 星级评定 评定结果 创建等级 示范等级 荣誉等级",
    "awarded_by": "评定单位 评定机关 授予单位 授牌单位 命名单位 发文单位 颁发单位 awardedby 认定单位",
    "awarded": "评定日期 评定时间 授予日期 授牌日期 授牌时间 命名时间 认定时间 awarded 评定年度 认定日期 获评时间",
    "valid_to": "有效期至 有效期 到期日期 到期时间 有效期限",
}

STATION_CHECKS: Mapping[str, str] = {
    "id": "检查编号 检查记录编号",
    "station": "服务站 服务站编号 站点编号 站点名称 服务站名称 被检查站 被检查站点 被检查单位 站点 station 检查对象",
    "date": "检查日期 检查时间 抽查日期 抽查时间 日期 date 回头看日期 督查日期 督导日期",
    "kind": "方式 检查方式 检查类型 类型 检查类别 kind 检查形式 督查方式",
    "passed": "合格 是否合格 检查结果 结果 是否通过 是否达标 达标情况 passed 结论 检查结论 合格情况",
    "findings": "问题 存在问题 发现问题 问题描述 检查发现 findings 问题清单 主要问题 整改问题 存在的问题",
}

SUPPORT_POINTS: Mapping[str, str] = {
    "id": "商户编号 点位编号 商家编号 服务点编号 merchantid 点位编码",
    "name": (
        "名称 商户名称 商家名称 店名 店铺名称 门店名称 点位名称 服务点名称 单位名称 企业名称 驿站名称 字号 招牌名称 商户 商家 "
        "merchant shopname 机构名称 拥军商户名称 拥军企业名称 窗口名称 加盟商户 签约商家 优待单位 拥军门店 拥军商户 签约商户 "
        "优待商家名称 拥军单位名称 网点名称 拥军网点 拥军网点名称"
    ),
    "kind": "类别 点位类别 点位类型 服务点类别 服务点类型 类型 kind type 服务类别 商户性质",
    "business": (
        "业态 行业 行业类别 所属行业 经营类别 经营业态 业务类型 经营项目 主营业务 商户类型 商户类别 服务行业 行业分类 "
        "business industry 经营范围 经营类型 行业类型 所属业态 商家类别 商家类型 主营"
    ),
    "offer": (
        "优惠内容 优惠措施 优惠政策 优待内容 优惠项目 优待措施 优惠 折扣 优惠幅度 服务内容 优惠折扣 offer discount 优待项目 "
        "优惠承诺 拥军优惠 优待服务内容 优惠方式 优惠优待内容 优待内容及标准"
    ),
    "agreement_from": (
        "协议起 签约日期 签约时间 协议签订日期 签订日期 协议开始日期 加盟时间 合作开始日期 协议生效日期 签订时间 协议起始日期 "
        "挂牌时间 授牌时间 协议签订时间 合同开始日期 有效期起"
    ),
    "agreement_to": (
        "协议止 协议到期日期 协议到期时间 到期日期 到期时间 协议截止日期 协议有效期 合作截止日期 协议终止日期 有效期至 "
        "有效期止 有效期 合同到期日期 协议有效期至 协议期限 截止日期"
    ),
}

ROADS: Mapping[str, str] = {
    "id": "道路编号 路段编号 osmid roadid 路线编号 路段编码 osm_id 路线编码",
    "name": "名称 道路名称 路名 路线名称 roadname street 路段名称 道路名",
    "class": (
        "等级 道路等级 道路类型 道路类别 路线等级 公路等级 行政等级 class fclass highway roadclass 类型 技术等级 道路级别 "
        "road_type"
    ),
    "oneway": "单行 单行线 是否单行 单双向 通行方向 oneway direction 单向 行驶方向",
    "speed_kph": "车速 限速 设计速度 设计时速 速度 时速 maxspeed speed 行车速度 speedlimit 限速值 设计车速",
    "surface": "路面 路面类型 路面材质 铺装 surface 路面状况 路面种类 是否硬化",
    "access": "通行 通行限制 通行条件 通行类型 access 限行 通行对象 通行情况",
    "open": "开放 是否开放 是否通车 通车情况 open 是否通行 通车状态 通车",
}

CLAIMS: Mapping[str, str] = {
    "id": "口径编号 数字编号 指标编号",
    "indicator": "指标 指标名称 指标项 统计项 项目 indicator 指标代码 统计指标 口径",
    "value": "数值 数字 值 数量 指标值 value 统计数 数据 上报数 公布数 数额",
    "unit": "单位 计量单位 unit 计数单位 单位名称",
    "as_of": "截至 截至日期 统计日期 截止日期 数据日期 时点 asof 截至时间 统计时点 数据时间 统计时间 截止时间",
    "statement": "原文 原话 表述 文字表述 内容 statement 引文 原文表述 原句",
    "stated_in": "出处 来源 文件名称 文件 statedin source 材料名称 数据来源 报告名称 文件来源 引自",
}
