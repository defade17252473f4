import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./styles/library.css";
import "./styles/fonts.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/log.css";
import "./styles/blocks.css";
import "./styles/controls.css";
import { App } from "./app";
import { live } from "./live";

const root = document.getElementById("page");
if (!root) throw new Error("the page has no place to draw in");
live.connect();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
