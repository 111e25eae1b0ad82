import{a,b,c}from"./chunk-AUBR7T65.js";import"./chunk-5ZRMUKCK.js";import"./chunk-FN2UDA3A.js";import"./chunk-JZ4KIJ7F.js";export{a as AskBar,b as NotifySettings,c as default};
