// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import { App } from "./app";
import { followLinks } from "./route";
import "./style/base.css";
import "./style/parts.css";
import "./style/pages.css";
import { startTheme } from "./theme";

startTheme();
followLinks();
render(<App />, document.getElementById("app")!);
