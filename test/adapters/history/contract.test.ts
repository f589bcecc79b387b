// The history on a file keeps the contract that the one in a database keeps.
import { describeHistory } from "../../contracts/history-contract.ts";
import { NOW } from "../../support/history.ts";
import { createFolder, holdFile, openHistory } from "./support.ts";

describeHistory("a file", {
  heldReason: "history.db está em uso por outro programa",
  createBed() {
    const folder = createFolder();
    return {
      open: ({ days = 30, now = () => NOW, lingerMs = 0 } = {}) => openHistory(folder, { days, now, limits: { lingerMs } }),
      hold: () => holdFile(folder),
    };
  },
});
