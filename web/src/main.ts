import "virtual:tokens.css";
import "./styles/index.css";
