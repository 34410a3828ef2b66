// SPDX-License-Identifier: Apache-2.0
//
// The frame around every page: where one can go, how the connection is, which page this is.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { caller, maySubmit, roleWord, tokenWanted } from "./api/access";
import { link, retryNow } from "./api/live";
import { signIn, signOut } from "./api/session";
import { stamp } from "./format/time";
import { ExperimentPage } from "./pages/experiment";
import { ExperimentsPage } from "./pages/experiments";
import { usePlace } from "./route";
import { useStore } from "./store";
import { switchTheme, theme } from "./theme";
import { PageHead } from "./ui/parts";
import { Empty, Loading } from "./ui/states";

type Page = ComponentType<{ id: string }>;

/** A page that is fetched when it is first asked for. */
function lazy(fetch: () => Promise<Page>): Page {
  let page: Page | undefined;
  return function Lazy(props) {
    const [, again] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (page) return;
      fetch().then(
        (loaded) => {
          page = loaded;
          again((n) => n + 1);
        },
        () => setFailed(true),
      );
    }, []);
    if (page) {
      const Loaded = page;
      return <Loaded {...props} />;
    }
    if (!failed) return <Loading what="the page" />;
    return (
      <Empty title="This part of the page did not come">
        <p>The server is away, or has a newer version of the dashboard. Loading the page again gets that one.</p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </Empty>
    );
  };
}

const RunPage = lazy(async () => (await import("./pages/run")).RunPage);
const MapPage = lazy(async () => (await import("./pages/map")).MapPage);
const BuildsPage = lazy(async () => (await import("./pages/builds")).BuildsPage);
const BuildPage = lazy(async () => (await import("./pages/build")).BuildPage);
const RunnersPage = lazy(async () => (await import("./pages/runners")).RunnersPage);
const RunnerPage = lazy(async () => (await import("./pages/runner")).RunnerPage);
const SubmitPage = lazy(async () => (await import("./pages/submit")).SubmitPage);
const ComparePage = lazy(async () => (await import("./pages/compare")).ComparePage);

function Nowhere() {
  return (
    <>
      <PageHead title="No such page" tab="no such page" />
      <Empty title="The address leads nowhere">
        <p>
          Nothing of the dashboard has the address <code>{location.pathname}</code>. <a href="/">All experiments</a> are
          a place to start.
        </p>
      </Empty>
    </>
  );
}

/** The page for a path, and the id in it. */
function pageFor(path: string): [Page, string] {
  const [first = "", id = "", ...more] = path.split("/").slice(1);
  let name = id;
  try {
    name = decodeURIComponent(id);
  } catch {
    return [Nowhere, ""];
  }
  if (more.some((part) => part !== "")) return [Nowhere, ""];
  const one: Record<string, Page> = {
    experiments: ExperimentPage,
    runs: RunPage,
    builds: BuildPage,
    map: MapPage,
    runners: RunnerPage,
  };
  const all: Record<string, Page> = {
    "": ExperimentsPage,
    experiments: ExperimentsPage,
    builds: BuildsPage,
    runners: RunnersPage,
    submit: SubmitPage,
    compare: ComparePage,
  };
  return [(name ? one[first] : all[first]) ?? Nowhere, name];
}

const NAVIGATION = [
  { path: "/", text: "Experiments", covers: ["", "experiments", "runs", "map"] },
  { path: "/compare", text: "Compare", covers: ["compare"] },
  { path: "/builds", text: "Builds", covers: ["builds"] },
  { path: "/runners", text: "Runners", covers: ["runners"] },
  { path: "/submit", text: "Submit", covers: ["submit"] },
];

function LinkState() {
  const { state } = useStore(link);
  const wanted = useStore(tokenWanted);
  if (wanted) return null;
  const text = { connecting: "connecting", live: "live", lost: "connection lost", paused: "paused" }[state];
  return (
    <span class={`link-state ${state}`} role="status">
      <span aria-hidden="true">{{ connecting: "○", live: "●", lost: "✗", paused: "○" }[state]}</span> {text}
    </span>
  );
}

/** Shown once the stream has been away for more than a moment. */
function LostBanner() {
  const { state, heard, retry } = useStore(link);
  const [now, setNow] = useState(Date.now());
  const lost = useRef(0);
  useEffect(() => {
    if (state !== "lost") {
      lost.current = 0;
      return;
    }
    lost.current ||= Date.now();
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [state]);
  if (state !== "lost" || lost.current === 0 || now - lost.current < 700) return null;
  const seconds = Math.max(0, Math.ceil((retry - now) / 1000));
  return (
    <div class="banner" role="alert">
      <span>
        <strong>The server does not answer.</strong> {heard ? `What is shown is from ${stamp(heard).slice(11)}. ` : ""}
        {seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again."}
      </span>
      <button type="button" onClick={retryNow}>
        Try now
      </button>
    </div>
  );
}

function SignIn() {
  const wanted = useStore(tokenWanted);
  const [token, setToken] = useState("");
  const [said, setSaid] = useState("");
  const [sending, setSending] = useState(false);
  if (!wanted) return null;
  const send = async () => {
    setSending(true);
    setSaid("");
    const why = await signIn(token.trim());
    setSending(false);
    setSaid(why);
    if (!why) setToken("");
  };
  return (
    <form
      class="banner"
      aria-label="Sign in"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="field">
        <span>
          <strong>The server asks who you are.</strong> Your token:
        </span>
        <input
          type="password"
          autocomplete="off"
          required
          aria-invalid={said !== ""}
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={sending}>
        Sign in
      </button>
      {said ? (
        <strong role="alert">✗ {said}</strong>
      ) : (
        <span>
          Whoever runs the lab makes one: <code>roxlab token add NAME</code>. The browser keeps it until it is closed.
        </span>
      )}
    </form>
  );
}

/** Who is signed in, where the server asks for that. */
function SignedIn() {
  const who = useStore(caller);
  const wanted = useStore(tokenWanted);
  const [said, setSaid] = useState("");
  if (!who?.name || wanted) return null;
  return (
    <span class="who">
      <span>
        <span class="unseen">signed in as </span>
        {who.name} <span class="dim">{roleWord(who.role)}</span>
      </span>
      <button type="button" class="plain" onClick={async () => setSaid(await signOut())}>
        sign out
      </button>
      {said && <span role="alert">{said}</span>}
    </span>
  );
}

export function App() {
  const { path } = usePlace();
  const [Page, id] = pageFor(path);
  const first = path.split("/")[1] ?? "";
  const mode = useStore(theme);
  const submits = maySubmit(useStore(caller));
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    // Who listens to the page hears that it is another one.
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        To the content
      </a>
      <header>
        <a class="brand" href="/">
          roxlab
        </a>
        <nav aria-label="Pages">
          <ul>
            {NAVIGATION.filter((item) => item.path !== "/submit" || submits).map((item) => (
              <li key={item.path}>
                <a href={item.path} aria-current={item.covers.includes(first) ? "page" : undefined}>
                  {item.text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="aside">
          <LinkState />
          <SignedIn />
          <button type="button" class="plain" onClick={switchTheme}>
            {mode === "dark" ? "light" : "dark"}
            <span class="unseen"> colours</span>
          </button>
        </div>
      </header>
      <SignIn />
      <LostBanner />
      <main id="main" tabIndex={-1}>
        <Page key={`${first}/${id}`} id={id} />
      </main>
    </div>
  );
}
