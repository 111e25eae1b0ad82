import{a,b,c}from"./chunk-ZYHJ22IJ.js";import"./chunk-QU5V24TU.js";import"./chunk-GO2FMCIO.js";import"./chunk-3JY56HXN.js";export{a as AskBar,b as NotifySettings,c as default};
