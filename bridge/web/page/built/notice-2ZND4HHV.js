import{a,b,c}from"./chunk-GSLIGWGX.js";import"./chunk-7RAOWTU6.js";import"./chunk-WIUGOHWB.js";import"./chunk-OJ66HED4.js";export{a as AskBar,b as NotifySettings,c as default};
