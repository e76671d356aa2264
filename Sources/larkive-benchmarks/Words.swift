/// What names, subjects and people are made of.
enum Words {
    static let chinese = [
        "合同", "报告", "发票", "会议纪要", "预算", "方案", "报价单", "验收单", "采购", "订单", "工资", "考勤",
        "年度", "季度", "项目", "设计", "图纸", "说明书", "测试", "培训", "招聘", "简历", "财务", "审计", "法务",
        "市场", "销售", "客户", "供应商", "物流", "仓库", "质检", "生产", "研发", "产品", "需求", "评审", "上线",
        "运维", "安全", "应急", "演练", "宣传", "海报", "活动", "策划", "总结", "计划", "清单", "名单", "通知",
        "协议", "补充", "附件", "扫描件", "照片", "截图", "录音", "视频", "备份", "数据", "分析", "统计", "汇总",
    ]
    static let english = [
        "report", "invoice", "contract", "budget", "quarterly", "annual", "statement", "schedule",
        "meeting",
        "minutes", "drawing", "specification", "manual", "training", "resume", "review", "proposal",
        "quotation", "purchase", "order", "delivery", "acceptance", "inspection", "production",
        "marketing",
        "customer", "supplier", "logistics", "warehouse", "research", "product", "requirement",
        "release",
        "security", "incident", "campaign", "poster", "summary", "plan", "checklist", "notice",
        "agreement",
        "supplement", "appendix", "scan", "photo", "screenshot", "recording", "backup", "data",
        "analysis",
        "statistics", "presentation", "template", "draft", "final", "revised", "confidential",
        "regional",
        "forecast", "reconciliation", "consolidated", "administration", "re\u{301}sume\u{301}",
        "Übersicht",
    ]
    static let japanese = [
        "報告書", "契約書", "請求書", "見積書", "議事録", "納品書", "発注書", "仕様書", "手順書", "設計書", "予算",
        "会議", "資料", "製品", "開発", "営業", "顧客", "品質", "検査", "出荷", "人事", "研修", "年末調整",
        "カタログ", "スケジュール", "テンプレート", "ﾃﾞｰﾀ", "カ\u{3099}イト\u{3099}ライン",
        "フ\u{309A}ロシ\u{3099}ェクト",
    ]
    static let endings = [
        "pdf", "docx", "xlsx", "pptx", "zip", "jpg", "png", "csv", "txt", "dwg", "PDF", "xls",
        "doc",
    ]
    static let families = Array("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐").map(String.init)
    static let given = [
        "芳", "伟", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰",
        "霞", "平", "刚", "桂英", "建国", "志强", "晓燕", "子涵", "浩然", "欣怡", "雨桐", "俊杰",
    ]
    static let western = [
        "Anna Müller", "John Smith", "Olivia Brown", "Søren Kierke", "Zoë Faure", "Marta Nowak",
        "Ivan Petrov",
        "Lucas Silva", "佐藤 健", "鈴木 花子", "田中 一郎", "Emily Davis", "Noah Wilson", "Liam O’Neil",
    ]
}
