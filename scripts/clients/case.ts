// A whole case by the types that openapi-typescript makes of the reference: `make clients` compiles it with --strict.
import createClient from "openapi-fetch";
import type { components, paths } from "./legalcity.js";

type Money = components["schemas"]["Recovery"]["amount"];

interface Credentials {
  email: string;
  key: string;
}

/** Takes a case from the login to the logout; what is owed on it at the end. */
export async function walk(baseUrl: string, credentials: Credentials, order: Blob): Promise<Money | null> {
  const client = createClient<paths>({ baseUrl });
  const login = await client.POST("/api/auth/login", { body: credentials });
  if (login.error) throw new Error(login.error.message);
  const headers = { Authorization: `Bearer ${login.data.data.token}` };

  const party = {
    company_type: "commercial",
    company_legal_form: "SARL",
    company_siren: "123456789",
    company_name: "ABC Corp",
    company_legalrep_firstname: "Jane",
    company_legalrep_lastname: "Smith",
  } as const;
  const filed = await client.POST("/api/recoveries/complete", {
    headers,
    body: {
      recovery: { recovery_service_object: "Web development", recovery_due_date: "2025-12-31" },
      customer: party,
      debtor: party,
      invoices: [{ invoice_number: "INV-1", invoice_date: "2025-10-20", invoice_amount: "1500.00" }],
    },
  });
  if (filed.error) throw new Error(filed.error.message);
  const id: number = filed.data.data.recovery.id;
  const path = { recoveryId: id };

  await client.POST("/api/recoveries/{recoveryId}/comments", { headers, params: { path }, body: { comment: "Called" } });
  const form = new FormData();
  form.append("name", "Order");
  form.append("file", order, "order.pdf");
  const upload = await client.POST("/api/recoveries/{recoveryId}/docs", {
    headers,
    params: { path },
    body: { name: "Order" },
    bodySerializer: () => form,
  });
  const documentId: number | undefined = upload.data?.data.id;
  if (documentId !== undefined) {
    await client.GET("/api/recoveries/{recoveryId}/docs/{docId}/download", {
      headers,
      params: { path: { ...path, docId: documentId } },
      parseAs: "blob",
    });
  }

  const detail = await client.GET("/api/recoveries/{id}", { headers, params: { path: { id } } });
  if (detail.error) throw new Error(detail.error.message);
  const recovery: components["schemas"]["Recovery"] = detail.data.data;
  const customer: string = recovery.customer?.company_name ?? recovery.debtor?.company_name ?? "nobody";
  const step: string = recovery.statusHistory.map((change) => `${change.status.name} ${change.user?.last_name ?? ""}`).join();
  const overdue: number = recovery.invoices.reduce((most, invoice) => Math.max(most, invoice.days_overdue), 0);

  const list = await client.GET("/api/recoveries", { headers, params: { query: { per_page: 20, sort_order: "desc" } } });
  const last: number = list.data?.data.pagination.last_page ?? 1;
  const fit = await client.GET("/api/recoveries/{recovery_id}/injonction-eligibility", {
    headers,
    params: { path: { recovery_id: id } },
  });
  const reasons: string[] = fit.data?.data.reasons ?? [];
  await client.POST("/api/auth/logout", { headers });
  console.log(customer, step, overdue, last, reasons);
  return recovery.due;
}

if (process.argv.length > 4) {
  const [, , baseUrl = "", email = "", key = ""] = process.argv;
  walk(baseUrl, { email, key }, new Blob(["%PDF-1.7"])).then((due) => console.log("due", due));
}
