// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { followCaller } from "./api/session";
import { App } from "./app";
import { followLinks } from "./route";
import "./style/base.css";
import "./style/parts.css";
import "./style/pages.css";
import { startTheme } from "./theme";

startTheme();
followLinks();
followCaller();
render(<App />, document.getElementById("app")!);
