/** `auditor` reads, `operator` also revokes and sets status, `admin` may do everything. */
export type AdminRole = 'auditor' | 'operator' | 'admin';
