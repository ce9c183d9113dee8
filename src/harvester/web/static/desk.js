// Conveniences only: every page works without this file. Each habit is a module of its own.

import "./times.js";
import "./copy.js";
import "./keys.js";
import "./live.js";
import "./verdicts.js";
