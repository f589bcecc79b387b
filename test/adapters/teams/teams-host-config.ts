// Fonts, sizes and colours as the light theme of Teams has them, near enough to judge a card by.
const onPanel = (text: string) => ({
  default: { default: text, subtle: "#616161" },
  accent: { default: "#4f52b2", subtle: "#4f52b2" },
  attention: { default: "#c4314b", subtle: "#c4314b" },
  good: { default: "#237b4b", subtle: "#237b4b" },
  warning: { default: "#835c00", subtle: "#835c00" },
});
const style = (backgroundColor: string) => ({ backgroundColor, foregroundColors: onPanel("#242424") });

export const HOST_CONFIG = {
  fontFamily: '"Card Emoji", "Open Sans", sans-serif',
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
  spacing: { none: 0, small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: "#e0e0e0" },
  supportsInteractivity: true,
  containerStyles: {
    default: style("#ffffff"), emphasis: style("#f0f0f0"), accent: style("#e8ebfa"),
    attention: style("#fcdcdc"), good: style("#e7f2da"), warning: style("#fbf0c4"),
  },
};
