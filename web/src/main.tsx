// Where the page begins.
import { render } from "preact";
import { Page } from "./app/page.tsx";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/overview.css";
import "./styles/wall.css";
import "./styles/views.css";

const root = document.getElementById("page");
if (root !== null) render(<Page />, root);
