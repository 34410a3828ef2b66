export function RunnersPage(_: { id: string }) {
  return null;
}
