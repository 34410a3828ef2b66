export function RunnerPage(_: { id: string }) {
  return null;
}
