// Only what is used of echarts; a chunk of its own, fetched when the first chart comes up.
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer]);

export { init };
