export function SubmitPage(_: { id: string }) {
  return null;
}
