export const PARTNERS = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'idle']
export const NAMES = ['Ada', 'ada', 'Żółw', '=SUM(A1)', 'Ada', 'Øre, "Ltd"', 'Zoe', 'Émile', '+48 Co', 'Idle']
export const PRODUCTS = ['livechat', 'chatbot', 'helpdesk', 'partner_program']
