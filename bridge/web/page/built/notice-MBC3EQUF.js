import{a,b,c}from"./chunk-4X4N6WHV.js";import"./chunk-VLUTLY7B.js";import"./chunk-GO2FMCIO.js";import"./chunk-3JY56HXN.js";export{a as AskBar,b as NotifySettings,c as default};
